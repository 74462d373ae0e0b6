"""What the headers of hotels' lists mean: the words of five languages and of the usual property systems."""

import re

from application.text import fold

CUSTOM = "custom."
"""What stands before the key of a custom field."""

A_NAME = "a_name"
"""A header such as "Nom" or "Guest": the last name or the whole, as the other columns and the values tell."""

SOME_NIGHTS = "some_nights"
"""A header of the nights of the week, or of those of the weekend: the stay is their sum."""

_HEADERS = {
    "salutation": """
        civilité, salutation, title, titre, anrede, titel, tratamiento, trattamento, appellativo, courtesy
        title
    """,
    "first_name": """
        prénom, prénoms, first name, firstname, given name, given names, forename, vorname, nombre de pila,
        voornaam, nome di battesimo
    """,
    "last_name": """
        nom de famille, last name, lastname, surname, family name, nachname, familienname, apellido,
        apellidos, cognome, nom usuel, nom de naissance
    """,
    "full_name": """
        nom complet, full name, fullname, nom et prénom, nom prénom, prénom et nom, prénom nom, name
        vorname, nachname vorname, vorname nachname, vor und nachname, last name first name, surname first
        name, first name last name, first and last name, nombre completo, nombre y apellidos, apellidos y
        nombre, apellidos nombre, nome e cognome, cognome e nome, nome cognome, cognome nome, nominativo,
        profile name, occupant, occupants, reservation name
    """,
    A_NAME: """
        nom, name, nom du client, guest name, guest, client, client name, gast, gastname, nombre, huésped,
        nombre del huésped, nome, ospite, nome ospite, customer, customer name, nom client
    """,
    "email": """
        e-mail, email, courriel, mail, adresse e-mail, adresse email, adresse mail, adresse électronique,
        adresse courriel, email address, e-mail address, mail address, mailadresse, emailadresse,
        e-mail-adresse, correo electrónico, correo, dirección de correo electrónico, posta elettronica,
        indirizzo e-mail, indirizzo email, mél, email personnel, personal email, private email, email
        professionnel, work email, contact email, email contact
    """,
    "phone": """
        téléphone portable, portable, mobile, mobile phone, cell phone, cellphone, cell, gsm, handy, mobil,
        mobiltelefon, mobilnummer, handynummer, móvil, teléfono móvil, cellulare, natel, tél. portable, tel
        mobile, téléphone mobile, phone mobile, mobile telephone, téléphone, tél., phone, telephone,
        telefon, telefonnummer, teléfono, telefono, contact phone, contact number, phone contact, home
        phone, work phone, phone home, business phone, téléphone fixe, tél. fixe, fixe, téléphone domicile,
        tél. domicile, telefon privat, telefoon, contact, coordonnées, kontakt, contacto, contatto
    """,
    "language": """
        langue, language, sprache, idioma, lingua, lang, lang., language code, code langue, preferred
        language, langue parlée, langue préférée, communication language, correspondence language, taal
    """,
    "country": """
        pays, country, land, país, paese, country code, code pays, country name, pays de résidence, country
        of residence, residence country, ländercode, nation, nationalité, nationality, nationalität,
        nacionalidad, nazionalità, nazione,
        nat.
    """,
    "company": """
        société, entreprise, company, company name, nom de la société, raison sociale, firma, firmenname,
        unternehmen, empresa, azienda, società, ditta, compagnie, organisation, organization
    """,
    "street": """
        rue, street, street address, straße, strasse, calle, via, address line, adresse ligne, numéro et
        rue, n° et rue, straße und hausnummer, voie
    """,
    "address": """
        adresse, address, adresse postale, postal address, adresse complète, full address, anschrift,
        dirección, indirizzo, home address, adresse personnelle, domicile
    """,
    "postal_code": """
        code postal, cp, c.p., postal code, postcode, post code, zip, zip code, zipcode, plz, postleitzahl,
        código postal, cap, zip postal code
    """,
    "city": """
        ville, city, town, ort, stadt, wohnort, ciudad, localidad, población, città, località, localité,
        commune, comune
    """,
    "region": """
        région, region, province, state, bundesland, provincia, regione, county, canton, kanton, estado,
        département, state province
    """,
    "note": """
        note, notes, remarque, remarques, commentaire, commentaires, observation, observations, remark,
        remarks, comment, comments, bemerkung, bemerkungen, notiz, notizen, kommentar, nota, notas,
        observaciones, comentarios, osservazioni, note interne, internal note, internal notes
    """,
    "level": """
        niveau, level, vip, vip level, vip status, vip code, statut vip, code vip, niveau vip, stufe, nivel,
        livello, classification, classifications, niveau de fidélité, fidélité, loyalty level, loyalty
        status, membership level
    """,
    "arrival": """
        arrivée, arrival, check-in, checkin, anreise, ankunft, llegada, entrada, arrivo, arr., entrée, date
        d'arrivée, check-in date, début, début de séjour, start, start date, stay from, from, du, von,
        desde, dal
    """,
    "arrival_year": """
        arrival date year, arrival year, année d'arrivée, anreisejahr
    """,
    "arrival_month": """
        arrival date month, arrival month, mois d'arrivée, anreisemonat
    """,
    "arrival_day": """
        arrival date day of month, arrival day, jour d'arrivée, arrival day of month, anreisetag
    """,
    "departure": """
        départ, departure, check-out, checkout, abreise, salida, partenza, dep., dép., sortie, date de
        départ, check-out date, fin, fin de séjour, end, end date, stay to, to, au, bis, hasta, al
    """,
    "nights": """
        nuits, nuitées, nights, room nights, nächte, noches, notti, length of stay, los, durée, duration,
        duration nights, durée du séjour
    """,
    SOME_NIGHTS: """
        stays in weekend nights, stays in week nights, no of weekend nights, no of week nights, weekend
        nights, week nights
    """,
    "room": """
        chambre, room, zimmer, habitación, camera, stanza, ch., zi., zimmernummer, room name, hab., unit
        name, unit, space, assigned space, assigned room, kamer
    """,
}

# Words that change nothing: "N° de chambre", "Guest first name", "Date of arrival", "Nombre de nuits".
_IDLE = re.compile(
    "d|de|del|der|des|di|du|l|la|le|les|the|of|s|your|n|no|nr|num|numero|number|nummer|nb|nbr|nombre|date|datum|"
    "guest|guests|client|clients|customer|gast|huesped|ospite|hote|primary|main|principal|principale|lead|booker|[0-9]+"
)
_WORD_ENDS = re.compile(r"(?<=[a-z])(?=[A-Z0-9])")
_ASIDE = re.compile(r"[(\[][^(\[)\]]*[)\]]")
_CARD = re.compile(
    r"\b(?:carte (?:bancaire|bleue|de credit|de paiement)|cb|cc|credit ?card\w*|payment card|debit card|"
    r"card (?:number|no|nr|num|holder|expiry|expiration|type)|cc ?(?:number|no|num|exp)\w*|"
    r"kredit ?karte\w*|karten ?nummer|tarjeta|carta di credito|cvv|cvc|pan)\b"
)
_SURNAME_FIRST = re.compile(
    r"(?:nom|name|last ?name|surname|family name|nachname|apellidos?|cognome)\b(?! complet).*"
    r"\b(?:prenoms?|first ?name|given names?|vorname|nombre|nome)\b.*"
)


def _bare(header: str) -> str:
    words = fold(_WORD_ENDS.sub(" ", header)).split()
    return " ".join(word for word in words if not _IDLE.fullmatch(word)) or " ".join(words)


_MEANINGS: dict[str, tuple[str, int]] = {}
for _field, _texts in _HEADERS.items():
    for _rank, _text in enumerate(_texts.split(",")):
        _MEANINGS.setdefault(_bare(_text), (_field, _rank))


def meaning(header: str) -> tuple[str, int] | None:
    """The field a header names, or None, with a rank: of two headers of one field, the lower names it better.

    Accents, case, punctuation, numbers, brackets and idle words do not matter; of "Nom / Name" one half is enough.
    """
    for text in (header, _ASIDE.sub(" ", header), *header.split("/")):
        if known := _MEANINGS.get(_bare(text)):
            return known
    return None


def is_card(header: str) -> bool:
    """Whether the header announces payment cards."""
    return _CARD.search(fold(_WORD_ENDS.sub(" ", header))) is not None


def is_surname_first(header: str) -> bool:
    """Whether the header of a column of whole names says that surnames come first ("Nom et prénom")."""
    return _SURNAME_FIRST.fullmatch(fold(header)) is not None
