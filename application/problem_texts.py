"""What may be wrong with a field, in English and in French: one table of codes and sentences."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.contact import FieldProblem
from domain.refusal import Refusal


class Text(NamedTuple):
    en: str
    fr: str


TEXTS: dict[str, Text] = {
    # the form of any field
    "missing": Text("This field is required.", "Ce champ est obligatoire."),
    "field-unknown": Text("There is no such field.", "Ce champ n'existe pas."),
    "wrong-type": Text("This is not the kind of value expected here.", "La valeur n'est pas du type attendu."),
    "too-long": Text("This text is too long.", "Ce texte est trop long."),
    "too-many": Text("There are too many values.", "Il y a trop de valeurs."),
    "id-invalid": Text("This is not a valid identifier.", "Cet identifiant n'est pas valable."),
    "date-invalid": Text(
        "This is not a date of the calendar in the expected form.",
        "Ce n'est pas une date du calendrier sous la forme attendue.",
    ),
    "number-invalid": Text("This is not a number.", "Ce n'est pas un nombre."),
    "boolean-invalid": Text("This is neither yes nor no.", "Ce n'est ni oui ni non."),
    "choice-invalid": Text("This is not one of the choices.", "Ce n'est pas l'un des choix proposés."),
    "too-short": Text("This text is too short.", "Ce texte est trop court."),
    "too-few": Text("There are too few values.", "Il n'y a pas assez de valeurs."),
    "out-of-range": Text("This number is out of range.", "Ce nombre est hors limites."),
    "malformed": Text("This does not have the form it must have.", "Cela n'a pas la forme attendue."),
    "url-invalid": Text("This is not a valid web address.", "Cette adresse web n'est pas valable."),
    "rule-broken": Text("This breaks a rule.", "Cela enfreint une règle."),
    # the settings
    "time-zone-unknown": Text("This is not an IANA time zone.", "Ce n'est pas un fuseau horaire IANA."),
    "currency-invalid": Text("This currency is not known.", "Cette devise n'est pas connue."),
    "percentages-not-100": Text("The percentages must add up to 100.", "La somme des pourcentages doit être 100."),
    "portal-twice": Text("A portal stands here twice.", "Un portail figure deux fois."),
    "key-twice": Text("Two of them have the same key.", "Deux d'entre eux ont la même clé."),
    "required-unknown": Text(
        "A required field is none of a profile, and none of the organisation's own.",
        "Un champ obligatoire n'est ni un champ du profil, ni un champ de l'organisation.",
    ),
    "country-twice": Text("Two rules are for the same country.", "Deux règles concernent le même pays."),
    "choices-misplaced": Text(
        "Choices are needed for the kind choice, and for no other.",
        "Des choix sont nécessaires pour le genre choice, et pour lui seul.",
    ),
    "hours-backwards": Text(
        "The end must come after the beginning, on the same day; write a night as two times, to 24:00 and from 00:00.",
        "La fin doit suivre le début, le même jour ; écrivez une nuit en deux plages, jusqu'à 24:00 et dès 00:00.",
    ),
    "hours-overlap": Text("Two times of a day overlap.", "Deux plages d'un jour se chevauchent."),
    "role-twice": Text("Two limits are for the same role.", "Deux plafonds concernent le même rôle."),
    "role-unlimited": Text("This role may give anything.", "Ce rôle peut tout accorder."),
    "room-twice": Text("A room stands here twice.", "Une chambre figure deux fois."),
    "template-twice": Text(
        "Two templates have the same name and language.", "Deux modèles ont le même nom et la même langue."
    ),
    # a message to guests
    "subject-misplaced": Text("An SMS has no subject.", "Un SMS n'a pas d'objet."),
    "template-broken": Text(
        "A placeholder is not closed, or an {% if … %} has no {% endif %}.",
        "Un emplacement n'est pas fermé, ou un {% if … %} n'a pas de {% endif %}.",
    ),
    "template-forbidden": Text(
        "Besides text there can be {{ name }} alone, and {% if name %} … {% else %} … {% endif %}, none in another.",
        "Outre du texte, il n'y a que {{ name }} et {% if name %} … {% else %} … {% endif %}, sans imbrication.",
    ),
    "template-name-unknown": Text(
        "There are: name, salutation, first_name, last_name, property, arrival, departure, unsubscribe; link after a"
        " stay.",
        "Il y a : name, salutation, first_name, last_name, property, arrival, departure, unsubscribe ; link après un"
        " séjour.",
    ),
    "link-missing": Text(
        "The guest needs {{ link }}, outside every {% if %}, and with a space, a line break or nothing after it.",
        "Le client a besoin de {{ link }}, hors de tout {% if %}, suivi d'une espace, d'une fin de ligne ou de rien.",
    ),
    "sms-too-long": Text(
        "With usual names this would be more than three SMS; letters such as ж or 😀 make each shorter.",
        "Avec des noms habituels, cela ferait plus de trois SMS ; des signes comme ж ou 😀 raccourcissent chacun.",
    ),
    # a text of several lines
    "control-character": Text(
        "This text has control characters other than line breaks and tabs.",
        "Ce texte a des caractères de contrôle autres que des sauts de ligne et des tabulations.",
    ),
    "markup": Text("Write plain text, without markup such as <b>.", "Écrivez du texte simple, sans balises comme <b>."),
    # feedback
    "rating-beyond-scale": Text("More was given than the scale has.", "La note dépasse l'échelle."),
    "in-the-future": Text("This time is still to come.", "Ce moment est encore à venir."),
    "room-unknown": Text("The property has no such room.", "L'établissement n'a pas cette chambre."),
    "text-or-template": Text("Give either a text or a template.", "Donnez soit un texte, soit un modèle."),
    "template-unknown": Text("There is no template of this name.", "Il n'y a pas de modèle de ce nom."),
    # a list
    "cursor-invalid": Text("Send `next` of the page before.", "Envoyez le `next` de la page précédente."),
    "column-unknown": Text("The list has no such column.", "La liste n'a pas cette colonne."),
    # a report
    "before-from": Text("The last day is before the first.", "Le dernier jour est avant le premier."),
    # a guest
    "contact-missing": Text(
        "An e-mail address or a phone number is required.",
        "Une adresse e-mail ou un numéro de téléphone est nécessaire.",
    ),
    "email-invalid": Text("This is not a valid e-mail address.", "Cette adresse e-mail n'est pas valable."),
    "phone-invalid": Text(
        "This is not a valid phone number of the country; write it with + and the country code.",
        "Ce numéro n'est pas valable dans le pays ; écrivez-le avec + et l'indicatif.",
    ),
    "language-invalid": Text("This language is not known.", "Cette langue n'est pas connue."),
    "country-invalid": Text("This country is not known.", "Ce pays n'est pas connu."),
    "departure-before-arrival": Text("The departure is before the arrival.", "Le départ est avant l'arrivée."),
    "custom-unknown": Text("The organisation has no such field.", "L'organisation n'a pas ce champ."),
    "required-missing": Text(
        "This field is required in the country of the property.",
        "Ce champ est obligatoire dans le pays de l'établissement.",
    ),
    "status-label-unknown": Text(
        "The organisation has no such status label.", "L'organisation n'a pas cette étiquette de statut."
    ),
    "custom-not-collected": Text(
        "This field is not collected in the country of the property.",
        "Ce champ n'est pas recueilli dans le pays de l'établissement.",
    ),
    "property-unknown": Text(
        "The organisation has no such property, or it is not yours.",
        "L'organisation n'a pas cet établissement, ou il n'est pas le vôtre.",
    ),
    "guest-unknown": Text(
        "The organisation has no such guest, or they are not yours.",
        "L'organisation n'a pas ce client, ou il n'est pas le vôtre.",
    ),
    "company-unknown": Text("The organisation has no such company.", "L'organisation n'a pas cette société."),
    "occasion-unknown": Text(
        "The organisation has no such occasion, or it is not yours.",
        "L'organisation n'a pas cet événement, ou il n'est pas le vôtre.",
    ),
    "occasion-elsewhere": Text(
        "This occasion is at another property.", "Cet événement a lieu dans un autre établissement."
    ),
    "ends-before-it-begins": Text("The last day lies before the first.", "Le dernier jour est avant le premier."),
    # what is chosen from a catalogue
    "code-unknown": Text("The organisation has no such code.", "L'organisation n'a pas ce code."),
    "code-retired": Text("This code is retired.", "Ce code est retiré."),
    "code-switched-off": Text(
        "This code is not used at the property.", "Ce code n'est pas utilisé dans l'établissement."
    ),
    "item-unknown": Text("The organisation has no such cost item.", "L'organisation n'a pas cet article."),
    "item-retired": Text("This cost item is retired.", "Cet article est retiré."),
    "item-switched-off": Text(
        "This cost item is not given at the property.", "Cet article n'est pas offert dans l'établissement."
    ),
    "unit-value-missing": Text(
        "State the value: the catalogue has it in another currency than the property's.",
        "Indiquez la valeur : celle du catalogue n'est pas dans la devise de l'établissement.",
    ),
    "currency-other": Text("This is not the currency of the property.", "Ce n'est pas la devise de l'établissement."),
    "employee-unknown": Text("The organisation has no such employee.", "L'organisation n'a pas ce collaborateur."),
    "employee-retired": Text("This employee works here no more.", "Ce collaborateur ne travaille plus ici."),
    "employee-switched-off": Text(
        "This employee does not work at the property.", "Ce collaborateur ne travaille pas dans l'établissement."
    ),
    # a row of a list
    "nights-invalid": Text("This is not a number of nights.", "Ce n'est pas un nombre de nuits."),
    "too-many-cells": Text("The row has more cells than headers.", "La ligne a plus de cellules que d'en-têtes."),
    # the mapping of a list
    "header-unknown": Text("The file has no such column.", "Le fichier n'a pas cette colonne."),
    "field-twice": Text("Another column already fills this field.", "Une autre colonne remplit déjà ce champ."),
    "card-column": Text(
        "Payment cards must not be kept with guests.",
        "Les cartes de paiement ne doivent pas être conservées avec les clients.",
    ),
}


_FORM_CODES = {
    "extra_forbidden": "field-unknown",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "string_pattern_mismatch": "malformed",
    "string_unicode": "malformed",
    "too_long": "too-many",
    "too_short": "too-few",
    "literal_error": "choice-invalid",
    "enum": "choice-invalid",
    "value_error": "rule-broken",
}
_FORM_FAMILIES = {
    "uuid": "id-invalid",
    "date": "date-invalid",
    "datetime": "date-invalid",
    "timezone": "date-invalid",
    "int": "number-invalid",
    "float": "number-invalid",
    "decimal": "number-invalid",
    "finite": "number-invalid",
    "bool": "boolean-invalid",
    "greater": "out-of-range",
    "less": "out-of-range",
    "url": "url-invalid",
}
"""By what the name of the type begins with."""


def form_code(error_type: str) -> str:
    """Our code for what pydantic calls so, or for an error of our own validators, whose types are named like codes."""
    if error_type in _FORM_CODES:
        return _FORM_CODES[error_type]
    own = error_type.replace("_", "-")
    return own if own in TEXTS else _FORM_FAMILIES.get(error_type.split("_")[0], "wrong-type")


class InvalidInput(Refusal):
    """Fields that cannot be taken as they are; nothing was written."""

    code = "invalid"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("Some fields cannot be taken as they are.")
        self.problems = problems


def problem(pointer: str, code: str) -> FieldProblem:
    """The problem with its English sentence; `pointer` is an RFC 6901 JSON pointer."""
    return FieldProblem(pointer, code, TEXTS[code].en)


def pointer_to(*path: str | int) -> str:
    """An RFC 6901 JSON pointer through these keys and indexes; none gives "", the whole input.

    "?" stands for each lone surrogate, which JSON can spell and no answer can hold.
    """
    tokens = ("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(tokens).encode(errors="replace").decode()
