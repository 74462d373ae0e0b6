"""Languages: how a tag is written, and what hotels' lists call them."""

import re
from functools import lru_cache

from application.text import fold

# RFC 5646, 2.1: language, script, region, variants, extensions, private use; no grandfathered tags.
_TAG = re.compile(
    r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"((?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=1000)
def language_tag(text: str) -> str | None:
    """The BCP 47 tag in canonical case ("fr-FR", "zh-Hant-TW"), or None when its form is not one.

    The form alone is judged: a tag can be well formed and mean no language.
    """
    match = _TAG.fullmatch(text)
    if match is None:
        return None
    language, script, region, variants, extensions = (part or "" for part in match.groups())
    return language.lower() + script.title() + region.upper() + (variants + extensions).lower()


@lru_cache(maxsize=1000)
def language_named(text: str) -> str | None:
    """The BCP 47 tag of a language as a list may give it, or None.

    That is a tag ("fr", "fr_FR"), a three-letter code of ISO 639-2 ("fra", "fre"), or a name in English,
    French, German, Spanish, Italian or in the language itself; case and accents do not matter.
    """
    if known := _TAGS.get(fold(text)):
        return known
    tag = language_tag(text.replace("_", "-"))
    return tag if tag and tag.split("-")[0] in _LANGUAGES else None


# ISO 639-1 with the codes of ISO 639-2 (T/B) and the names of the CLDR in five languages and their own.
_TABLE = """
aa aar Afar; Qafar
ab abk Abkhazian; abkhaze; Abchasisch; abjasio; abcaso; Аԥсшәа
ae ave Avestan; avestique; Avestisch; avéstico
af afr Afrikaans
ak aka Akan
am amh Amharic; amharique; Amharisch; amárico; አማርኛ
an arg Aragonese; aragonais; Aragonesisch; aragonés
ar ara Arabic; arabe; Arabisch; arabo; العربية
as asm Assamese; assamais; Assamesisch; asamés; অসমীয়া
av ava Avaric; avar; Awarisch; avaro
ay aym Aymara; aimara
az aze Azerbaijani; azerbaïdjanais; Aserbaidschanisch; azerbaiyano; azerbaigiano; azərbaycan
ba bak Bashkir; bachkir; Baschkirisch; baskir; baschiro; башҡорт теле
be bel Belarusian; biélorusse; Belarussisch; bielorruso; bielorusso; беларуская
bg bul Bulgarian; bulgare; Bulgarisch; búlgaro; български
bi bis Bislama; bichelamar
bm bam Bambara; bamanakan
bn ben Bangla; bengali; Bengalisch; bengalese; বাংলা
bo bod/tib Tibetan; tibétain; Tibetisch; tibetano; བོད་སྐད་
br bre Breton; Bretonisch; bretone; brezhoneg
bs bos Bosnian; bosniaque; Bosnisch; bosnio; bosniaco; bosanski
ca cat Catalan; Katalanisch; catalano; català
ce che Chechen; tchétchène; Tschetschenisch; checheno; ceceno; нохчийн
ch cha Chamorro
co cos Corsican; corse; Korsisch; corso; corsu
cr cre Cree
cs ces/cze Czech; tchèque; Tschechisch; checo; ceco; čeština
cu chu Church Slavic; slavon d'église; Kirchenslawisch; eslavo eclesiástico; slavo ecclesiastico
cu chu церковнослове́нскїй
cv chv Chuvash; tchouvache; Tschuwaschisch; chuvasio; ciuvascio; чӑваш
cy cym/wel Welsh; gallois; Walisisch; galés; gallese; Cymraeg
da dan Danish; danois; Dänisch; danés; danese; dansk
de deu/ger German; allemand; Deutsch; alemán; tedesco
dv div Divehi; maldivien; Dhivehi; ދިވެހިބަސް
dz dzo Dzongkha; རྫོང་ཁ
ee ewe Ewe; eʋegbe
el ell/gre Greek; grec; Griechisch; griego; greco; Ελληνικά
en eng English; anglais; Englisch; inglés; inglese
eo epo Esperanto
es spa Spanish; espagnol; Spanisch; español; spagnolo
et est Estonian; estonien; Estnisch; estonio; estone; eesti
eu eus/baq Basque; Baskisch; euskera; basco; euskara
fa fas/per Persian; persan; Persisch; persa; persiano; فارسی
ff ful Fula; peul; Ful; fulah; Pulaar
fi fin Finnish; finnois; Finnisch; finés; finlandese; suomi
fj fij Fijian; fidjien; Fidschi; fiyiano; figiano
fo fao Faroese; féroïen; Färöisch; feroés; føroyskt
fr fra/fre French; français; Französisch; francés; francese
fy fry Western Frisian; frison occidental; Westfriesisch; frisone occidentale; Frysk
ga gle Irish; irlandais; Irisch; irlandés; irlandese; Gaeilge
gd gla Scottish Gaelic; gaélique écossais; Gälisch (Schottland); gaélico escocés; gaelico scozzese; Gàidhlig
gl glg Galician; galicien; Galicisch; gallego; galiziano; galego
gn grn Guarani; avañe'ẽ
gu guj Gujarati; goudjarati; guyaratí; ગુજરાતી
gv glv Manx; mannois; manés; mannese; Gaelg
ha hau Hausa; haoussa; Haussa
he heb Hebrew; hébreu; Hebräisch; hebreo; ebraico; עברית
hi hin Hindi; हिन्दी
ho hmo Hiri Motu
hr hrv Croatian; croate; Kroatisch; croata; croato; hrvatski
ht hat Haitian Creole; créole haïtien; Haiti-Kreolisch; criollo haitiano; creolo haitiano; Kreyòl Ayisyen
hu hun Hungarian; hongrois; Ungarisch; húngaro; ungherese; magyar
hy hye/arm Armenian; arménien; Armenisch; armenio; armeno; հայերեն
hz her Herero
ia ina Interlingua
id ind Indonesian; indonésien; Indonesisch; indonesio; indonesiano; Indonesia
ie ile Interlingue
ig ibo Igbo
ii iii Sichuan Yi; yi du Sichuan; yi de Sichuán; ꆈꌠꉙ
ik ipk Inupiaq; Inupiak
io ido Ido
is isl/ice Icelandic; islandais; Isländisch; islandés; islandese; íslenska
it ita Italian; italien; Italienisch; italiano
iu iku Inuktitut; ᐃᓄᒃᑎᑐᑦ
ja jpn Japanese; japonais; Japanisch; japonés; giapponese; 日本語
jv jav Javanese; javanais; Javanisch; javanés; giavanese; Jawa
ka kat/geo Georgian; géorgien; Georgisch; georgiano; ქართული
kg kon Kongo; kikongo; Kongolesisch
ki kik Kikuyu; Gikuyu
kj kua Kuanyama; Kwanyama
kk kaz Kazakh; Kasachisch; kazajo; kazako; қазақ тілі
kl kal Kalaallisut; groenlandais; Grönländisch; groenlandés; groenlandese
km khm Khmer; jemer; ខ្មែរ
kn kan Kannada; canarés; ಕನ್ನಡ
ko kor Korean; coréen; Koreanisch; coreano; 한국어
kr kau Kanuri; kanouri
ks kas Kashmiri; cachemiri; Kaschmiri; cachemir; کٲشُر
ku kur Kurdish; kurde; Kurdisch; kurdo; curdo; kurdî (kurmancî)
kv kom Komi
kw cor Cornish; cornique; Kornisch; córnico; kernewek
ky kir Kyrgyz; kirghize; Kirgisisch; kirguís; kirghiso; кыргызча
la lat Latin; Latein; latino; Latina
lb ltz Luxembourgish; luxembourgeois; Luxemburgisch; luxemburgués; lussemburghese; Lëtzebuergesch
lg lug Ganda; Luganda
li lim Limburgish; limbourgeois; Limburgisch; limburgués; limburghese
ln lin Lingala
lo lao Lao; Laotisch; ລາວ
lt lit Lithuanian; lituanien; Litauisch; lituano; lietuvių
lu lub Luba-Katanga; luba-katanga (kiluba); Tshiluba
lv lav Latvian; letton; Lettisch; letón; lettone; latviešu
mg mlg Malagasy; malgache; malgascio
mh mah Marshallese; marshallais; Marschallesisch; marshalés
mi mri/mao Māori
mk mkd/mac Macedonian; macédonien; Mazedonisch; macedonio; macedone; македонски
ml mal Malayalam; മലയാളം
mn mon Mongolian; mongol; Mongolisch; mongolo; монгол
mr mar Marathi; maratí; मराठी
ms msa/may Malay; malais; Malaiisch; malayo; malese; Melayu
mt mlt Maltese; maltais; Maltesisch; maltés; Malti
my mya/bur Burmese; birman; Birmanisch; birmano; မြန်မာ
na nau Nauru; nauruan; Nauruisch; nauruano
nb nob Norwegian Bokmål; norvégien bokmål; Norwegisch (Bokmål); noruego bokmal; norvegese bokmål
nb nob norsk bokmål
nd nde North Ndebele; ndébélé du Nord; Nord-Ndebele; ndebele septentrional; ndebele del nord; isiNdebele
ne nep Nepali; népalais; Nepalesisch; nepalese; नेपाली
ng ndo Ndonga
nl nld/dut Dutch; néerlandais; Niederländisch; neerlandés; olandese; Nederlands
nn nno Norwegian Nynorsk; norvégien nynorsk; Norwegisch (Nynorsk); noruego nynorsk; norvegese nynorsk
nn nno norsk nynorsk
no nor Norwegian; norvégien; Norwegisch; noruego; norvegese; norsk
nr nbl South Ndebele; ndébélé du Sud; Süd-Ndebele; ndebele meridional; ndebele del sud; isiNdebele
nv nav Navajo; Diné Bizaad
ny nya Nyanja; chewa
oc oci Occitan; Okzitanisch; occitano
oj oji Ojibwa
om orm Oromo; Oromoo
or ori Odia; Oriya; ଓଡ଼ିଆ
os oss Ossetic; ossète; Ossetisch; osético; ossetico; ирон
pa pan Punjabi; pendjabi; punyabí; ਪੰਜਾਬੀ
pi pli Pali
pl pol Polish; polonais; Polnisch; polaco; polacco; polski
ps pus Pashto; pachto; Paschtu; pastún; پښتو
pt por Portuguese; portugais; Portugiesisch; portugués; portoghese
qu que Quechua; Runasimi
rm roh Romansh; romanche; Rätoromanisch; romancio; rumantsch
rn run Rundi; roundi; kirundi; Ikirundi
ro ron/rum Romanian; roumain; Rumänisch; rumano; rumeno; română
ru rus Russian; russe; Russisch; ruso; russo; русский
rw kin Kinyarwanda; Ikinyarwanda
sa san Sanskrit; sánscrito; संस्कृत भाषा
sc srd Sardinian; sarde; Sardisch; sardo; sardu
sd snd Sindhi; sindi; سنڌي
se sme Northern Sami; same du Nord; Nordsamisch; sami septentrional; sami del nord; davvisámegiella
sg sag Sango
sh hbs Serbo-Croatian; serbo-croate; Serbo-Kroatisch; serbocroata; serbo-croato
si sin Sinhala; cingalais; Singhalesisch; cingalés; singalese; සිංහල
sk slk/slo Slovak; slovaque; Slowakisch; eslovaco; slovacco; slovenčina
sl slv Slovenian; slovène; Slowenisch; esloveno; sloveno; slovenščina
sm smo Samoan; Samoanisch; samoano
sn sna Shona; chiShona
so som Somali; somalo; Soomaali
sq sqi/alb Albanian; albanais; Albanisch; albanés; albanese; shqip
sr srp Serbian; serbe; Serbisch; serbio; serbo; српски
ss ssw Swati; Swazi; suazi; siSwati
st sot Southern Sotho; sotho du Sud; Süd-Sotho; sotho meridional; sotho del sud; Sesotho
su sun Sundanese; soundanais; Sundanesisch; sundanés; Basa Sunda
sv swe Swedish; suédois; Schwedisch; sueco; svedese; svenska
sw swa Swahili; Suaheli; suajili; Kiswahili
ta tam Tamil; tamoul; தமிழ்
te tel Telugu; télougou; తెలుగు
tg tgk Tajik; tadjik; Tadschikisch; tayiko; tagico; тоҷикӣ
th tha Thai; Thailändisch; tailandés; thailandese; ไทย
ti tir Tigrinya; tigrigna; tigriña; tigrino; ትግርኛ
tk tuk Turkmen; turkmène; Turkmenisch; turcomano; turcomanno; türkmen dili
tl tgl Tagalog; tagalo
tn tsn Tswana; setsuana; Setswana
to ton Tongan; tongien; Tongaisch; tongano; lea fakatonga
tr tur Turkish; turc; Türkisch; turco; Türkçe
ts tso Tsonga; Xitsonga
tt tat Tatar; Tatarisch; tártaro; tataro; татар
tw twi Twi; ci
ty tah Tahitian; tahitien; Tahitisch; tahitiano; taitiano
ug uig Uyghur; ouïghour; Uigurisch; uigur; uiguro; ئۇيغۇرچە
uk ukr Ukrainian; ukrainien; Ukrainisch; ucraniano; ucraino; українська
ur urd Urdu; ourdou; اردو
uz uzb Uzbek; ouzbek; Usbekisch; uzbeko; uzbeco; o‘zbek
ve ven Venda; Tshivenḓa
vi vie Vietnamese; vietnamien; Vietnamesisch; vietnamita; Tiếng Việt
vo vol Volapük
wa wln Walloon; wallon; Wallonisch; valón; vallone; walon
wo wol Wolof
xh xho Xhosa; IsiXhosa
yi yid Yiddish; Jiddisch; yidis; ייִדיש
yo yor Yoruba; Èdè Yorùbá
za zha Zhuang; Vahcuengh
zh zho/chi Chinese; chinois; Chinesisch; chino; cinese; 中文
zu zul Zulu; zoulou; isiZulu
"""
_ROWS = [line.split(" ", 2) for line in _TABLE.strip().splitlines()]
_LANGUAGES = frozenset(tag for tag, _, _ in _ROWS)
_TAGS = {fold(name): tag for tag, codes, names in _ROWS for name in (tag, *codes.split("/"), *names.split("; "))}
