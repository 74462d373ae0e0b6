"""Invents hotel guests, French ones and their neighbours, as many as asked and the same for the same seed."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

PROPERTIES = 3


class Visit(NamedTuple):
    """A stay; `property_number` counts from 0 to PROPERTIES - 1."""

    property_number: int
    arrival: date
    departure: date
    room: str


class Person(NamedTuple):
    """A guest as a reception would note them: at least one of `email` and `phone` (E.164) is known."""

    salutation: str | None
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    country: str
    company: str | None
    street: str
    postal_code: str
    city: str
    visits: tuple[Visit, ...]


class Homeland(NamedTuple):
    """What people of one country have in common; `phone` is the start of a mobile number, 7 digits follow."""

    country: str
    language: str
    phone: tuple[str, ...]
    salutations: tuple[str, str]
    women: tuple[str, ...]
    men: tuple[str, ...]
    names: tuple[str, ...]
    mail: tuple[str, ...]
    roads: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    """Name, and the start of the postcode, to be filled up with digits in place of #."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


def _towns(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((town.replace("_", " "), code) for town, code in (word.split("=") for word in text.split()))


_ROOTS = _words("""Beau Bel Bon Bour Cas Chan Char Chau Clé Cour Dau Del Des Dor Du Fau Fon For Fré Gar Gau Gir
    Gran Gué Hau Jac Lam Lan Lar Lau Mar Mau Mon Mor Mou Nor Pel Per Pey Pin Pré Rau Ri Ro Rou Sau Sé Tail Thé Val
    Ver Vi""")
_MIDDLES = _words("ba be bi bo ca ce che da de di do ga ge gi la le li lo ma me mi mo na ne ni ra re ri ro sa se so")
_ENDS = _words("court mont ville zac rier nier net rin teau lot chard quet val vière gnon ssier ron doux llet lin")
_RARE_NAMES = tuple(root + middle + end for end in _ENDS for middle in _MIDDLES for root in _ROOTS)

_FRENCH_WOMEN = _words("""Marie Nathalie Isabelle Catherine Sylvie Camille Léa Chloé Sophie Julie Céline Valérie
    Émilie Hélène Anne Aurélie Élodie Manon Inès Zoé Françoise Marie-Claude Anne-Sophie Jeanne Louise Margaux Noémie
    Agnès Béatrice Clémence Joëlle Maëlle Océane Pauline Sandrine Véronique Marie-Thérèse Yasmina Fatima""")
_FRENCH_MEN = _words("""Jean Philippe Michel Nicolas Pierre Thomas Christophe Frédéric Stéphane Julien David
    Laurent Éric François Hugo Lucas Léo Gaël Théo Jérôme Sébastien Benoît Étienne Loïc Jean-Pierre Jean-François
    Jean-Luc Pierre-Yves Raphaël Rémi Yann Cédric Mickaël Olivier Guillaume Maxime Mathéo Mohamed Karim Xavier""")
_FRENCH_NAMES = _words("""Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel
    Lefèvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Müller
    Lefebvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin
    Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer
    Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche
    Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier
    Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte López Jean Dupuy Guillot
    Hubert Berger Carpentier Sánchez Dupuis Moulin Louis Deschamps Huet Vasseur Pérez Boucher Fleury Royer Klein
    Jacquet Adam Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin
    Bailly Hervé Schneider Fernandez Le_Gall Collet Léger Bouvier Julien Prévost Millet Perrot Daniel Le_Roux Cousin
    Germain Breton Besson Langlois Rémy Le_Goff Pelletier Lévêque Perrier Leblanc Barré Lebrun Marchal Weber Mallet
    Hamon Boulanger Jacob Monnier Michaud Rodriguez Guichard Gillet Étienne Grondin Poulain Tessier Chevallier Collin
    Chauvin Da_Silva Bouchet Gay Lemaître Bénard Maréchal Humbert Reynaud Antoine Hoarau Perret Barthélemy Cordier
    Pichon Lejeune Gilbert Lamy Delaunay Pasquier Carlier Laporte d'Angelo de_La_Fontaine de_Villiers du_Bois L'Hôpital
    D'Hondt Le_Bihan Le_Guen N'Diaye Œuvrard Saint-Martin Dupont-Moretti Martin-Lefèvre Ben_Ali Nguyen""")
_FRENCH_ROADS = tuple(
    f"{kind} {name}"
    for kind in ("rue", "rue", "avenue", "boulevard", "place", "chemin", "impasse", "allée", "quai")
    for name in ("de la République", "Victor Hugo", "du Général de Gaulle", "Jean Jaurès", "de l'Église", "Pasteur",
                 "des Écoles", "du Moulin", "de la Gare", "Gambetta", "des Lilas", "du Château", "Émile Zola",
                 "de Verdun", "du 8 Mai 1945", "Saint-Michel", "des Tilleuls", "Molière", "de l'Hôtel de Ville")
)  # fmt: skip

_HOMELANDS = (
    (0.72, Homeland("FR", "fr", ("+3361", "+3362", "+3364", "+3366", "+3367", "+3368", "+3376", "+3377"),
        ("Mme", "M."), _FRENCH_WOMEN, _FRENCH_MEN, _FRENCH_NAMES,
        _words("gmail.com gmail.com gmail.com orange.fr orange.fr wanadoo.fr free.fr hotmail.fr laposte.net sfr.fr"),
        _FRENCH_ROADS,
        _towns("""Paris=750## Paris=750## Paris=750## Marseille=1300# Lyon=6900# Toulouse=31### Nice=06###
            Nantes=44### Montpellier=340## Strasbourg=670## Bordeaux=330## Lille=590## Rennes=350## Reims=51###
            Saint-Étienne=420## Le_Havre=766## Grenoble=380## Dijon=210## Angers=490## Nîmes=300##
            Clermont-Ferrand=630## Aix-en-Provence=136## Brest=292## Limoges=870## Amiens=800## Orléans=450##
            Besançon=250## L'Isle-Adam=95290 Évreux=270## Bayonne=641## Pau=640## Chambéry=730##"""))),
    (0.06, Homeland("GB", "en", ("+44771", "+44774", "+44780"), ("Mrs", "Mr"),
        _words("Olivia Emma Charlotte Emily Sarah Grace Lucy Chloe Hannah Zoe"),
        _words("James Oliver George Harry Jack William Thomas Daniel Liam Sean"),
        _words("Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson O'Brien Martin Mc_Donald Walker"),
        _words("gmail.com outlook.com btinternet.com yahoo.co.uk"),
        _words("High_Street Station_Road Church_Lane Victoria_Road Park_Avenue"),
        _towns("London=SW#A_#AA Manchester=M#_#QW Bristol=BS#_#TR Edinburgh=EH#_#YT Leeds=LS#_#ND"))),
    (0.06, Homeland("DE", "de", ("+491511", "+491601", "+491701"), ("Frau", "Herr"),
        _words("Anna Lena Katharina Jürgen-Maria Käthe Sabine Ursula Greta Heike"),
        _words("Jürgen Stefan Andreas Thomas Björn Günther Lukas Jörg Felix"),
        _words("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schäfer Koch Groß Weiß von_der_Heide"),
        _words("web.de gmx.de t-online.de gmail.com"),
        _words("Hauptstraße Bahnhofstraße Gartenstraße Am_Schloß Lindenallee"),
        _towns("Berlin=10### Hamburg=20### München=80### Köln=50### Düsseldorf=40### Nürnberg=90###"))),
    (0.05, Homeland("BE", "fr", ("+3247", "+3249"), ("Mme", "M."), _FRENCH_WOMEN, _FRENCH_MEN,
        _words("Peeters Janssens Maes Jacobs Mertens Willems Claes Dubois Lambert Dupont Van_den_Berghe De_Smet"),
        _words("skynet.be telenet.be gmail.com"), _words("rue_Neuve avenue_Louise chaussée_de_Wavre rue_Haute"),
        _towns("Bruxelles=10## Liège=40## Namur=50## Anvers=20## Gand=90##"))),
    (0.04, Homeland("IT", "it", ("+39347", "+39333", "+39320"), ("Signora", "Signor"),
        _words("Giulia Sofia Martina Chiara Francesca Alessia Lucia"),
        _words("Marco Luca Francesco Andrea Nicolò Matteo"),
        _words("Rossi Russo Ferrari Esposito Bianchi Romano Colombo D'Amico Lo_Russo Di_Stefano"),
        _words("libero.it gmail.com tiscali.it"), _words("via_Roma via_Garibaldi corso_Italia piazza_del_Duomo"),
        _towns("Roma=001## Milano=201## Torino=101## Napoli=801##"))),
    (0.03, Homeland("ES", "es", ("+3461", "+3465", "+3467"), ("Sra.", "Sr."),
        _words("María Lucía Carmen Sofía Begoña Inés"), _words("José Antonio Iñigo Javier Álvaro Jesús"),
        _words("García González Rodríguez Fernández López Martínez Muñoz Ibáñez Núñez De_la_Cruz"),
        _words("gmail.com telefonica.net hotmail.es"), _words("calle_Mayor avenida_de_la_Constitución plaza_de_España"),
        _towns("Madrid=280## Barcelona=080## Valencia=460## Sevilla=410##"))),
    (0.025, Homeland("CH", "fr", ("+4179", "+4178", "+4176"), ("Madame", "Monsieur"), _FRENCH_WOMEN, _FRENCH_MEN,
        _words("Müller Meier Favre Rochat Blanc Bühler Frei Zürcher Gerber Jaccard"),
        _words("bluewin.ch sunrise.ch gmail.com"), _words("rue_du_Rhône chemin_des_Vignes avenue_de_la_Gare"),
        _towns("Genève=12## Lausanne=10## Neuchâtel=20## Fribourg=17##"))),
    (0.01, Homeland("NL", "nl", ("+3161", "+3164"), ("Mevrouw", "De heer"),
        _words("Sanne Femke Anouk Lotte"), _words("Daan Bram Sjoerd Thijs"),
        _words("de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser"), _words("ziggo.nl kpnmail.nl gmail.com"),
        _words("Dorpsstraat Kerkstraat Molenweg"), _towns("Amsterdam=10##_AB Utrecht=35##_CD Rotterdam=30##_EF"))),
    (0.005, Homeland("PT", "pt", ("+35191", "+35196"), ("Sra.", "Sr."),
        _words("Maria Inês Conceição Beatriz"), _words("João António Gonçalo Tomás"),
        _words("Silva Santos Ferreira Pereira Gonçalves Simões Araújo"), _words("sapo.pt gmail.com"),
        _words("rua_Direita avenida_da_Liberdade"), _towns("Lisboa=1###-001 Porto=4###-002"))),
)  # fmt: skip

_COMPANIES = _words("""Sirvoy Michelin Airbus Thalès L'Oréal Danone Orange SNCF EDF Renault Capgemini Société_Générale
    Crédit_Agricole Bouygues Décathlon Dassault Systèmes_Durand Légrand_&_Fils Hôpital_Saint-Louis Café_de_Flore
    Siemens Bosch Nestlé Ferrero Iberdrola Transports_Garnier Cabinet_Lefèvre Éditions_du_Lac Mairie_de_Lyon""")
_FIRST_ARRIVAL = date(2023, 1, 1)
_DAYS = 1_095
_PHONES = 10_000_000
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def people(count: int, seed: int) -> Iterator[Person]:
    """Yields `count` guests, each with an e-mail address and a phone number that no other one has.

    Names follow their real frequency roughly: one in a hundred is a Martin, most are rare. Raises
    ValueError above ten million, where phone numbers would repeat.
    """
    if count > _PHONES:
        raise ValueError(f"at most {_PHONES} people have a phone number of their own")
    random = Random(seed)  # noqa: S311
    chance = random.random
    shares = list(accumulate(share for share, _ in _HOMELANDS))
    homelands = [homeland for _, homeland in _HOMELANDS]
    # Zipf's law with a gentle start over the common names gives Martin its one in a hundred.
    ladders = {o: list(accumulate((rank + 8) ** -0.8 for rank in range(len(o.names)))) for o in homelands}
    plain: dict[str, str] = {}
    taken: dict[str, int] = {}
    first_phone = random.randrange(_PHONES)

    def pick(options: tuple[str, ...]) -> str:
        return options[int(chance() * len(options))]

    def slug(name: str) -> str:
        if name not in plain:
            letters = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("ß", "ss"))
            plain[name] = _NOT_PLAIN.sub("", letters.encode("ascii", "ignore").decode())
        return plain[name]

    def digits(pattern: str) -> str:
        while "#" in pattern:
            pattern = pattern.replace("#", str(int(chance() * 10)), 1)
        return pattern

    def address(first: str, last: str, company: str | None, homeland: Homeland) -> str:
        first, last = slug(first), slug(last)
        style = chance()
        if style < 0.45:
            local = f"{first}.{last}"
        elif style < 0.65:
            local = f"{first[0]}{last}"
        elif style < 0.8:
            local = f"{last}.{first}"
        elif style < 0.95:
            local = f"{first}.{last}.{int(chance() * 50) + 55}"
        else:
            local = f"{first}-{last}"
        domain = f"{slug(company)}.com" if company and chance() < 0.6 else pick(homeland.mail)
        same = taken[local] = taken.get(local, 0) + 1
        return f"{local}{same if same > 1 else ''}@{domain}"

    def visits() -> tuple[Visit, ...]:
        number = 1
        while number < 12 and chance() < 0.22:
            number += 1
        home = int(chance() * PROPERTIES)
        if chance() < 0.03:
            return ()
        days = sorted(int(chance() * _DAYS) for _ in range(number))
        return tuple(
            Visit(
                home if chance() < 0.8 else int(chance() * PROPERTIES),
                _FIRST_ARRIVAL + timedelta(day),
                _FIRST_ARRIVAL + timedelta(day + 1 + int(chance() * chance() * 10)),
                f"{int(chance() * 6) + 1}{int(chance() * 30) + 1:02}",
            )
            for day in days
        )

    for number in range(count):
        homeland = random.choices(homelands, cum_weights=shares)[0]
        woman = chance() < 0.5
        first = pick(homeland.women if woman else homeland.men)
        if homeland.country == "FR" and chance() < 0.45:
            last = _RARE_NAMES[int(chance() ** 2 * len(_RARE_NAMES))]
        else:
            last = random.choices(homeland.names, cum_weights=ladders[homeland])[0]
        if chance() < 0.02:
            last = f"{last}-{pick(homeland.names)}"
        company = pick(_COMPANIES) if chance() < 0.2 else None
        email = address(first, last, company, homeland) if chance() < 0.95 else None
        # 7,654,321 and ten million share no factor, so every number comes once.
        tail = (first_phone + number * 7_654_321) % _PHONES
        phone = f"{pick(homeland.phone)}{tail:07}" if email is None or chance() < 0.85 else None
        town, code = homeland.towns[int(chance() * len(homeland.towns))]
        yield Person(
            salutation=homeland.salutations[0 if woman else 1] if chance() < 0.9 else None,
            first_name=first,
            last_name=last,
            email=email,
            phone=phone,
            language=homeland.language if chance() < 0.95 else "en",
            country=homeland.country,
            company=company,
            street=f"{int(chance() * 150) + 1} {pick(homeland.roads)}",
            postal_code=digits(code.replace("_", " ")),
            city=town,
            visits=visits(),
        )
