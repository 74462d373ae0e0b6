"""Names, towns and roads of the countries whose people stay in French hotels, and how often they do."""

from typing import NamedTuple


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
RARE_NAMES = tuple(root + middle + end for end in _ENDS for middle in _MIDDLES for root in _ROOTS)

_FRENCH_WOMEN = _words("""Marie Nathalie Isabelle Catherine Sylvie Camille Léa Chloé Sophie Julie Céline Valérie
    Émilie Hélène Anne Aurélie Élodie Manon Inès Zoé Françoise Marie-Claude Anne-Sophie Jeanne Louise Margaux Noémie
    Agnès Béatrice Clémence Joëlle Maëlle Océane Pauline Sandrine Véronique Marie-Thérèse Yasmina Fatima""")
_FRENCH_MEN = _words("""Jean Philippe Michel Nicolas Pierre Thomas Christophe Frédéric Stéphane Julien David
    Laurent Éric François Hugo Lucas Léo Gaël Théo Jérôme Sébastien Benoît Étienne Loïc Jean-Pierre Jean-François
    Jean-Luc Pierre-Yves Raphaël Rémi Yann Cédric Mickaël Olivier Guillaume Maxime Mathéo Mohamed Karim Xavier""")
_FRENCH_NAMES = _words("""Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel
    Lefèvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent
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

HOMELANDS = (
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
        _words("Schmidt Schneider Müller Fischer Weber Meyer Wagner Becker Schäfer Koch Groß Weiß von_der_Heide"),
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
        _words("Favre Meier Rochat Blanc Müller Bühler Frei Zürcher Gerber Jaccard"),
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

COMPANIES = _words("""Sirvoy Michelin Airbus Thalès L'Oréal Danone Orange SNCF EDF Renault Capgemini Société_Générale
    Crédit_Agricole Bouygues Décathlon Dassault Systèmes_Durand Légrand_&_Fils Hôpital_Saint-Louis Café_de_Flore
    Siemens Bosch Nestlé Ferrero Iberdrola Transports_Garnier Cabinet_Lefèvre Éditions_du_Lac Mairie_de_Lyon""")
