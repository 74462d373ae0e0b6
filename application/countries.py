"""Countries: which there are, and what hotels' lists call them."""

from functools import lru_cache

from application.text import fold
from domain.codes import COUNTRIES

LONGEST_NAME = 100


@lru_cache(maxsize=1000)
def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country given by code (two or three letters) or name, or None.

    Names are read in English, French, German, Spanish and Italian; case and accents do not matter.
    """
    if text in COUNTRIES:
        return text
    return _CODES.get(fold(text)) if len(text) <= LONGEST_NAME else None


# ISO codes with the names of the Unicode CLDR in five languages, then the names people also write. XK (Kosovo)
# is not ISO's but everybody's. TMP is East Timor before 2002, still found in exports. EL and UK are the EU's own.
_TABLE = """
AD AND Andorra; Andorre
AE ARE United Arab Emirates; Émirats arabes unis; Vereinigte Arabische Emirate; Emiratos Árabes Unidos
AE ARE Emirati Arabi Uniti; UAE; EAU
AF AFG Afghanistan; Afganistán
AG ATG Antigua & Barbuda; Antigua-et-Barbuda; Antigua und Barbuda; Antigua y Barbuda; Antigua e Barbuda
AI AIA Anguilla; Anguila
AL ALB Albania; Albanie; Albanien
AM ARM Armenia; Arménie; Armenien
AO AGO Angola
AQ ATA Antarctica; Antarctique; Antarktis; Antártida; Antartide
AR ARG Argentina; Argentine; Argentinien
AS ASM American Samoa; Samoa américaines; Amerikanisch-Samoa; Samoa Americana; Samoa Americane
AT AUT Austria; Autriche; Österreich
AU AUS Australia; Australie; Australien
AW ABW Aruba
AX ALA Åland Islands; Îles Åland; Ålandinseln; Islas Aland; Isole Åland
AZ AZE Azerbaijan; Azerbaïdjan; Aserbaidschan; Azerbaiyán; Azerbaigian
BA BIH Bosnia & Herzegovina; Bosnie-Herzégovine; Bosnien und Herzegowina; Bosnia y Herzegovina
BA BIH Bosnia ed Erzegovina
BB BRB Barbados; Barbade
BD BGD Bangladesh; Bangladesch; Bangladés
BE BEL Belgium; Belgique; Belgien; Bélgica; Belgio
BF BFA Burkina Faso
BG BGR Bulgaria; Bulgarie; Bulgarien
BH BHR Bahrain; Bahreïn; Baréin
BI BDI Burundi
BJ BEN Benin
BL BLM St. Barthélemy; Saint-Barthélemy; San Bartolomé
BM BMU Bermuda; Bermudes; Bermudas
BN BRN Brunei; Brunei Darussalam
BO BOL Bolivia; Bolivie; Bolivien
BQ BES Caribbean Netherlands; Pays-Bas caribéens; Karibische Niederlande; Caribe neerlandés
BQ BES Caraibi Olandesi
BR BRA Brazil; Brésil; Brasilien; Brasil; Brasile
BS BHS Bahamas
BT BTN Bhutan; Bhoutan; Bután
BV BVT Bouvet Island; Île Bouvet; Bouvetinsel; Isla Bouvet; Isola Bouvet
BW BWA Botswana; Botsuana
BY BLR Belarus; Biélorussie; Bielorrusia; Bielorussia
BZ BLZ Belize; Belice
CA CAN Canada; Kanada
CC CCK Cocos (Keeling) Islands; Îles Cocos; Kokosinseln; Islas Cocos; Isole Cocos (Keeling)
CD COD Congo - Kinshasa; Kongo-Kinshasa; República Democrática del Congo; RDC
CF CAF Central African Republic; République centrafricaine; Zentralafrikanische Republik
CF CAF República Centroafricana; Repubblica Centrafricana
CG COG Congo - Brazzaville; Kongo-Brazzaville; Congo
CH CHE Switzerland; Suisse; Schweiz; Suiza; Svizzera
CI CIV Côte d'Ivoire; Costa d'Avorio; Ivory Coast
CK COK Cook Islands; Îles Cook; Cookinseln; Islas Cook; Isole Cook
CL CHL Chile; Chili; Cile
CM CMR Cameroon; Cameroun; Kamerun; Camerún
CN CHN China; Chine; Cina; PRC; People's Republic of China
CO COL Colombia; Colombie; Kolumbien
CR CRI Costa Rica
CU CUB Cuba; Kuba
CV CPV Cape Verde; Cap-Vert; Cabo Verde; Capo Verde
CW CUW Curaçao; Curazao
CX CXR Christmas Island; Île Christmas; Weihnachtsinsel; Isla de Navidad; Isola Christmas
CY CYP Cyprus; Chypre; Zypern; Chipre; Cipro
CZ CZE Czechia; Tchéquie; Tschechien; Chequia; Cechia; Czech Republic; République tchèque
CZ CZE Tschechische Republik; República Checa; Repubblica Ceca
DE DEU Germany; Allemagne; Deutschland; Alemania; Germania
DJ DJI Djibouti; Dschibuti; Yibuti; Gibuti
DK DNK Denmark; Danemark; Dinamarca; Danimarca
DM DMA Dominica; Dominique
DO DOM Dominican Republic; République dominicaine; Dominikanische Republik; República Dominicana
DO DOM Repubblica Dominicana
DZ DZA Algeria; Algérie; Algerien; Argelia
EC ECU Ecuador; Équateur
EE EST Estonia; Estonie; Estland
EG EGY Egypt; Égypte; Ägypten; Egipto; Egitto
EH ESH Western Sahara; Sahara occidental; Westsahara; Sahara Occidentale
ER ERI Eritrea; Érythrée
ES ESP Spain; Espagne; Spanien; España; Spagna
ET ETH Ethiopia; Éthiopie; Äthiopien; Etiopía
FI FIN Finland; Finlande; Finnland; Finlandia
FJ FJI Fiji; Fidji; Fidschi; Fiyi; Figi
FK FLK Falkland Islands; Îles Malouines; Falklandinseln; Islas Malvinas; Isole Falkland
FM FSM Micronesia; Micronésie; Mikronesien
FO FRO Faroe Islands; Îles Féroé; Färöer; Islas Feroe; Isole Fær Øer
FR FRA France; Frankreich; Francia
GA GAB Gabon; Gabun
GB GBR United Kingdom; Royaume-Uni; Vereinigtes Königreich; Reino Unido; Regno Unito; Great Britain; England
GB GBR Scotland; Wales; Northern Ireland; Grande-Bretagne; Angleterre; Écosse; Pays de Galles
GB GBR Großbritannien; Gran Bretaña; Gran Bretagna; Inghilterra; UK; U.K.
GD GRD Grenada; Grenade; Granada
GE GEO Georgia; Géorgie; Georgien
GF GUF French Guiana; Guyane française; Französisch-Guayana; Guayana Francesa; Guyana Francese
GG GGY Guernsey; Guernesey
GH GHA Ghana
GI GIB Gibraltar; Gibilterra
GL GRL Greenland; Groenland; Grönland; Groenlandia
GM GMB Gambia; Gambie
GN GIN Guinea; Guinée
GP GLP Guadeloupe; Guadalupe; Guadalupa
GQ GNQ Equatorial Guinea; Guinée équatoriale; Äquatorialguinea; Guinea Ecuatorial; Guinea Equatoriale
GR GRC Greece; Grèce; Griechenland; Grecia; EL
GS SGS South Georgia & South Sandwich Islands; Géorgie du Sud-et-les Îles Sandwich du Sud
GS SGS Südgeorgien und die Südlichen Sandwichinseln; Islas Georgia del Sur y Sandwich del Sur
GS SGS Georgia del Sud e Sandwich Australi
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau; Guinée-Bissau; Guinea-Bisáu
GY GUY Guyana
HK HKG Hong Kong SAR China; R.A.S. chinoise de Hong Kong; Sonderverwaltungsregion Hongkong
HK HKG RAE de Hong Kong (China); RAS di Hong Kong; Hong Kong
HM HMD Heard & McDonald Islands; Îles Heard-et-MacDonald; Heard und McDonaldinseln; Islas Heard y McDonald
HM HMD Isole Heard e McDonald
HN HND Honduras
HR HRV Croatia; Croatie; Kroatien; Croacia; Croazia
HT HTI Haiti
HU HUN Hungary; Hongrie; Ungarn; Hungría; Ungheria
ID IDN Indonesia; Indonésie; Indonesien
IE IRL Ireland; Irlande; Irland; Irlanda; Eire
IL ISR Israel; Israele
IM IMN Isle of Man; Île de Man; Isla de Man; Isola di Man
IN IND India; Inde; Indien
IO IOT British Indian Ocean Territory; Territoire britannique de l'océan Indien
IO IOT Britisches Territorium im Indischen Ozean; Territorio Británico del Océano Índico
IO IOT Territorio Britannico dell'Oceano Indiano
IQ IRQ Iraq; Irak
IR IRN Iran
IS ISL Iceland; Islande; Island; Islandia; Islanda
IT ITA Italy; Italie; Italien; Italia
JE JEY Jersey
JM JAM Jamaica; Jamaïque; Jamaika; Giamaica
JO JOR Jordan; Jordanie; Jordanien; Jordania; Giordania
JP JPN Japan; Japon; Giappone
KE KEN Kenya; Kenia
KG KGZ Kyrgyzstan; Kirghizstan; Kirgisistan; Kirguistán; Kirghizistan
KH KHM Cambodia; Cambodge; Kambodscha; Camboya; Cambogia
KI KIR Kiribati
KM COM Comoros; Comores; Komoren; Comoras; Comore
KN KNA St. Kitts & Nevis; Saint-Christophe-et-Niévès; St. Kitts und Nevis; San Cristóbal y Nieves
KN KNA Saint Kitts e Nevis
KP PRK North Korea; Corée du Nord; Nordkorea; Corea del Norte; Corea del Nord
KR KOR South Korea; Corée du Sud; Südkorea; Corea del Sur; Corea del Sud; Korea
KW KWT Kuwait; Koweït
KY CYM Cayman Islands; Îles Caïmans; Kaimaninseln; Islas Caimán; Isole Cayman
KZ KAZ Kazakhstan; Kasachstan; Kazajistán; Kazakistan
LA LAO Laos
LB LBN Lebanon; Liban; Libanon; Líbano
LC LCA St. Lucia; Sainte-Lucie; Santa Lucía; Saint Lucia
LI LIE Liechtenstein
LK LKA Sri Lanka
LR LBR Liberia
LS LSO Lesotho; Lesoto
LT LTU Lithuania; Lituanie; Litauen; Lituania
LU LUX Luxembourg; Luxemburg; Luxemburgo; Lussemburgo
LV LVA Latvia; Lettonie; Lettland; Letonia; Lettonia
LY LBY Libya; Libye; Libyen; Libia
MA MAR Morocco; Maroc; Marokko; Marruecos; Marocco
MC MCO Monaco
MD MDA Moldova; Moldavie; Republik Moldau; Moldavia
ME MNE Montenegro
MF MAF St. Martin; Saint-Martin; San Martín
MG MDG Madagascar; Madagaskar
MH MHL Marshall Islands; Îles Marshall; Marshallinseln; Islas Marshall; Isole Marshall
MK MKD North Macedonia; Macédoine du Nord; Nordmazedonien; Macedonia del Norte; Macedonia del Nord
MK MKD Macedonia; Macédoine
ML MLI Mali
MM MMR Myanmar (Burma); Myanmar (Birmanie); Myanmar; Myanmar (Birmania); Burma; Birmanie
MN MNG Mongolia; Mongolie; Mongolei
MO MAC Macao SAR China; R.A.S. chinoise de Macao; Sonderverwaltungsregion Macau; RAE de Macao (China)
MO MAC RAS di Macao; Macao; Macau
MP MNP Northern Mariana Islands; Îles Mariannes du Nord; Nördliche Marianen; Islas Marianas del Norte
MP MNP Isole Marianne Settentrionali
MQ MTQ Martinique; Martinica
MR MRT Mauritania; Mauritanie; Mauretanien
MS MSR Montserrat
MT MLT Malta; Malte
MU MUS Mauritius; Maurice; Mauricio
MV MDV Maldives; Malediven; Maldivas; Maldive
MW MWI Malawi; Malaui
MX MEX Mexico; Mexique; Mexiko; Messico
MY MYS Malaysia; Malaisie; Malasia
MZ MOZ Mozambique; Mosambik; Mozambico
NA NAM Namibia; Namibie
NC NCL New Caledonia; Nouvelle-Calédonie; Neukaledonien; Nueva Caledonia; Nuova Caledonia
NE NER Niger
NF NFK Norfolk Island; Île Norfolk; Norfolkinsel; Isla Norfolk; Isola Norfolk
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands; Pays-Bas; Niederlande; Países Bajos; Paesi Bassi; Holland; Hollande; Holanda; Olanda
NL NLD The Netherlands
NO NOR Norway; Norvège; Norwegen; Noruega; Norvegia
NP NPL Nepal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand; Nouvelle-Zélande; Neuseeland; Nueva Zelanda; Nuova Zelanda
OM OMN Oman
PA PAN Panama
PE PER Peru; Pérou
PF PYF French Polynesia; Polynésie française; Französisch-Polynesien; Polinesia Francesa; Polinesia Francese
PG PNG Papua New Guinea; Papouasie-Nouvelle-Guinée; Papua-Neuguinea; Papúa Nueva Guinea; Papua Nuova Guinea
PH PHL Philippines; Philippinen; Filipinas; Filippine
PK PAK Pakistan
PL POL Poland; Pologne; Polen; Polonia
PM SPM St. Pierre & Miquelon; Saint-Pierre-et-Miquelon; St. Pierre und Miquelon; San Pedro y Miquelón
PM SPM Saint-Pierre e Miquelon
PN PCN Pitcairn Islands; Îles Pitcairn; Pitcairninseln; Islas Pitcairn; Isole Pitcairn
PR PRI Puerto Rico; Porto Rico; Portorico
PS PSE Palestinian Territories; Territoires palestiniens; Palästinensische Autonomiegebiete
PS PSE Territorios Palestinos; Territori Palestinesi; Palestine
PT PRT Portugal; Portogallo
PW PLW Palau; Palaos
PY PRY Paraguay
QA QAT Qatar; Katar; Catar
RE REU Réunion; La Réunion; Riunione
RO ROU Romania; Roumanie; Rumänien; Rumanía
RS SRB Serbia; Serbie; Serbien
RU RUS Russia; Russie; Russland; Rusia; Russian Federation; Fédération de Russie
RW RWA Rwanda; Ruanda
SA SAU Saudi Arabia; Arabie saoudite; Saudi-Arabien; Arabia Saudí; Arabia Saudita
SB SLB Solomon Islands; Îles Salomon; Salomonen; Islas Salomón; Isole Salomone
SC SYC Seychelles; Seychellen
SD SDN Sudan; Soudan
SE SWE Sweden; Suède; Schweden; Suecia; Svezia
SG SGP Singapore; Singapour; Singapur
SH SHN St. Helena; Sainte-Hélène; Santa Elena; Sant'Elena
SI SVN Slovenia; Slovénie; Slowenien; Eslovenia
SJ SJM Svalbard & Jan Mayen; Svalbard et Jan Mayen; Spitzbergen und Jan Mayen; Svalbard y Jan Mayen
SJ SJM Svalbard e Jan Mayen
SK SVK Slovakia; Slovaquie; Slowakei; Eslovaquia; Slovacchia
SL SLE Sierra Leone; Sierra Leona
SM SMR San Marino; Saint-Marin
SN SEN Senegal
SO SOM Somalia; Somalie
SR SUR Suriname; Surinam
SS SSD South Sudan; Soudan du Sud; Südsudan; Sudán del Sur; Sud Sudan
ST STP São Tomé & Príncipe; Sao Tomé-et-Principe; São Tomé und Príncipe; Santo Tomé y Príncipe
ST STP São Tomé e Príncipe
SV SLV El Salvador; Salvador
SX SXM Sint Maarten; Saint-Martin (partie néerlandaise)
SY SYR Syria; Syrie; Syrien; Siria
SZ SWZ Eswatini; Esuatini; Swaziland
TC TCA Turks & Caicos Islands; Îles Turques-et-Caïques; Turks- und Caicosinseln; Islas Turcas y Caicos
TC TCA Isole Turks e Caicos
TD TCD Chad; Tchad; Tschad; Ciad
TF ATF French Southern Territories; Terres australes françaises; Französische Süd- und Antarktisgebiete
TF ATF Territorios Australes Franceses; Terre Australi Francesi
TG TGO Togo
TH THA Thailand; Thaïlande; Tailandia; Thailandia
TJ TJK Tajikistan; Tadjikistan; Tadschikistan; Tayikistán; Tagikistan
TK TKL Tokelau
TL TLS Timor-Leste; Timor oriental; Timor Est; TMP
TM TKM Turkmenistan
TN TUN Tunisia; Tunisie; Tunesien; Túnez
TO TON Tonga
TR TUR Türkiye; Turquie; Türkei; Turquía; Turchia; Turkey
TT TTO Trinidad & Tobago; Trinité-et-Tobago; Trinidad und Tobago; Trinidad y Tobago; Trinidad e Tobago
TV TUV Tuvalu
TW TWN Taiwan
TZ TZA Tanzania; Tanzanie; Tansania
UA UKR Ukraine; Ucrania; Ucraina
UG UGA Uganda; Ouganda
UM UMI U.S. Outlying Islands; Îles mineures éloignées des États-Unis; Amerikanische Überseeinseln
UM UMI Islas menores alejadas de EE. UU.; Isole Minori Esterne degli Stati Uniti
US USA United States; États-Unis; Vereinigte Staaten; Estados Unidos; Stati Uniti; USA; U.S.A.
US USA United States of America; États-Unis d'Amérique; Vereinigte Staaten von Amerika
US USA Estados Unidos de América; Stati Uniti d'America; Amérique; America
UY URY Uruguay
UZ UZB Uzbekistan; Ouzbékistan; Usbekistan
VA VAT Vatican City; État de la Cité du Vatican; Vatikanstadt; Ciudad del Vaticano; Città del Vaticano
VA VAT Vatican
VC VCT St. Vincent & Grenadines; Saint-Vincent-et-les Grenadines; St. Vincent und die Grenadinen
VC VCT San Vicente y las Granadinas; Saint Vincent e Grenadine
VE VEN Venezuela
VG VGB British Virgin Islands; Îles Vierges britanniques; Britische Jungferninseln
VG VGB Islas Vírgenes Británicas; Isole Vergini Britanniche
VI VIR U.S. Virgin Islands; Îles Vierges des États-Unis; Amerikanische Jungferninseln
VI VIR Islas Vírgenes de EE. UU.; Isole Vergini Americane
VN VNM Vietnam; Viêt Nam
VU VUT Vanuatu
WF WLF Wallis & Futuna; Wallis-et-Futuna; Wallis und Futuna; Wallis y Futuna; Wallis e Futuna
WS WSM Samoa
XK XKX Kosovo
YE YEM Yemen; Jemen
YT MYT Mayotte
ZA ZAF South Africa; Afrique du Sud; Südafrika; Sudáfrica
ZM ZMB Zambia; Zambie; Sambia
ZW ZWE Zimbabwe; Simbabwe; Zimbabue
"""
_ROWS = [line.split(" ", 2) for line in _TABLE.strip().splitlines()]

_CODES = {fold(name): alpha_2 for alpha_2, alpha_3, names in _ROWS for name in (alpha_2, alpha_3, *names.split("; "))}
