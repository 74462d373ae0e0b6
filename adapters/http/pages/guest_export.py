"""The readable page of all that is held on one guest, in their language."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from fastapi.responses import HTMLResponse

from adapters.http.languages import Language
from adapters.http.pages.page import TEMPLATES, page
from application.history import REDACTED, Export
from application.invitation_reasons import SENTENCES


class Words(NamedTuple):
    fr: str
    en: str


TEXTS = {
    "title": Words("Vos données personnelles", "Your personal data"),
    "introduction": Words(
        "Voici tout ce que nous conservons à votre sujet (règlement général sur la protection des données, "
        "articles 15 et 20).",
        "This is all that we hold about you (General Data Protection Regulation, articles 15 and 20).",
    ),
    "responsible": Words("Responsable du traitement", "Controller"),
    "made_at": Words("Établi le", "Made on"),
    "position": Words("Dernier événement", "Last event"),
    "number": Words("n°", "no."),
    "row": Words("ligne", "row"),
    "list": Words("Liste", "List"),
    "origin": Words("Provenance", "Where it came from"),
    "imports": Words("Listes importées", "Imported lists"),
    "now": Words("Ce que nous savons aujourd'hui", "What we know today"),
    "stays": Words("Vos séjours", "Your stays"),
    "rows": Words("Lignes de listes, en attente ou refusées", "Rows of lists, waiting or refused"),
    "none": Words("Aucun.", "None."),
    "events": Words("Tout ce qui a été enregistré", "Everything that was recorded"),
    "erased": Words("Un tiret signifie : rien, ou effacé pour toujours.", "A dash means: nothing, or erased for ever."),
    "reason": Words("Motif :", "Reason:"),
    "redacted": Words("donnée personnelle d'un autre client", "personal data of another guest"),
    "yes": Words("oui", "yes"),
    "no": Words("non", "no"),
}

EVENTS = {
    "GuestRegistered": Words("Fiche créée", "Record made"),
    "ArrivalAnnounced": Words("Arrivée annoncée, en attente d'un accord", "Arrival announced, waits for a yes"),
    "GuestChanged": Words("Fiche modifiée", "Record changed"),
    "StayRecorded": Words("Séjour enregistré", "Stay recorded"),
    "StayRemoved": Words("Séjour retiré", "Stay removed"),
    "GuestAnonymised": Words("Données anonymisées", "Data anonymised"),
    "LegalHoldPlaced": Words("Conservation légale ordonnée", "Legal hold placed"),
    "LegalHoldLifted": Words("Conservation légale levée", "Legal hold lifted"),
    "CommunicationCancelled": Words("Plus de messages sur ces séjours", "No more messages about these stays"),
    "GuestUnsubscribed": Words("Vous ne souhaitez plus de messages", "You want no more messages"),
    "AddressSuppressed": Words("Adresse qui ne reçoit pas nos e-mails", "Address that our mails do not reach"),
    "GuestBlocked": Words("Client bloqué", "Guest blocked"),
    "GuestUnblocked": Words("Blocage levé", "Guest unblocked"),
    "InvitationScheduled": Words("Message prévu", "Message scheduled"),
    "InvitationMoved": Words("Message déplacé", "Message moved"),
    "InvitationCancelled": Words("Message annulé", "Message cancelled"),
    "InvitationSent": Words("Message envoyé", "Message sent"),
    "ReminderAsked": Words("Rappel demandé", "Reminder asked for"),
    "ReminderMoved": Words("Rappel déplacé", "Reminder moved"),
    "ReminderDropped": Words("Rappel annulé", "Reminder cancelled"),
    "ReminderSent": Words("Rappel envoyé", "Reminder sent"),
    "InvitationBounced": Words("Message non remis", "Message not delivered"),
    "LinkFollowed": Words("Vous avez ouvert le lien", "You opened the link"),
    "ReviewWritten": Words("Vous avez écrit un avis", "You wrote a review"),
    "ErasureBegun": Words("Effacement commencé", "Erasure begun"),
    "ErasureCertified": Words("Effacement certifié", "Erasure certified"),
    "FeedbackRecorded": Words("Feedback enregistré", "Feedback recorded"),
    "ReviewRevised": Words("Avis modifié", "Review changed"),
    "CompensationProposed": Words("Compensation proposée", "Compensation proposed"),
    "CompensationRefused": Words("Compensation refusée", "Compensation refused"),
    "FeedbackResolved": Words("Feedback résolu", "Feedback resolved"),
    "FeedbackReopened": Words("Feedback rouvert", "Feedback reopened"),
    "FeedbackClaimed": Words("Feedback pris en charge", "Feedback claimed"),
    "FeedbackReleased": Words("Prise en charge rendue", "Claim released"),
    "FeedbackTransferred": Words("Feedback transféré", "Feedback transferred"),
    "FeedbackDelegated": Words("Feedback délégué au service client", "Feedback delegated to customer service"),
    "FeedbackShared": Words("Feedback partagé", "Feedback shared"),
    "FeedbackHeld": Words("Feedback mis en attente", "Feedback put on hold"),
    "FeedbackResumed": Words("Traitement repris", "Handling resumed"),
    "FeedbackDone": Words("Feedback terminé", "Feedback done"),
    "FeedbackMarkedSpam": Words("Feedback classé comme spam", "Feedback marked as spam"),
    "FeedbackRestored": Words("Feedback remis dans la boîte de réception", "Feedback back in the inbox"),
    "NoteAdded": Words("Note ajoutée", "Note added"),
    "CallRecorded": Words("Appel enregistré", "Call recorded"),
    "ReplyWritten": Words("Réponse écrite", "Reply written"),
    "GuestReplied": Words("Votre réponse", "Your answer"),
    "MailSent": Words("E-mail envoyé", "Mail sent"),
    "MailFailed": Words("E-mail non remis", "Mail not delivered"),
    "QualityCostRecorded": Words("Attention offerte", "Gift given"),
}

VALUES = {
    "manual": Words("saisie à la main", "entered by hand"),
    "import": Words("liste importée", "imported list"),
    "pms": Words("logiciel de l'hôtel (PMS)", "the hotel's software (PMS)"),
    "new": Words("nouveau client", "new guest"),
    "returning": Words("client déjà venu", "returning guest"),
    "blocked": Words("client bloqué", "blocked guest"),
    "guest": Words("client", "guest"),
    "staff": Words("recueilli par l'équipe", "recorded by staff"),
    "review": Words("avis", "review"),
    "message": Words("message", "message"),
    "positive": Words("satisfaction", "praise"),
    "negative": Words("réclamation", "complaint"),
    "pre_stay": Words("avant le séjour", "before the stay"),
    "post_stay": Words("après le séjour", "after the stay"),
    "email": Words("e-mail", "e-mail"),
    "sms": Words("SMS", "SMS"),
    "tablet": Words("tablette de l'hôtel", "tablet of the hotel"),
    "link": Words("lien de l'hôtel", "link of the hotel"),
    "reached": Words("joint", "reached"),
    "no_answer": Words("pas de réponse", "no answer"),
    "left_message": Words("message laissé", "message left"),
    "wrong_number": Words("faux numéro", "wrong number"),
}

FIELDS = {
    "salutation": Words("Civilité", "Salutation"),
    "first_name": Words("Prénom", "First name"),
    "last_name": Words("Nom", "Last name"),
    "emails": Words("E-mails", "E-mail addresses"),
    "phones": Words("Téléphones", "Phone numbers"),
    "language": Words("Langue", "Language"),
    "country": Words("Pays", "Country"),
    "company": Words("Société", "Company"),
    "address": Words("Adresse", "Address"),
    "street": Words("Rue", "Street"),
    "postal_code": Words("Code postal", "Postal code"),
    "city": Words("Ville", "City"),
    "region": Words("Région", "Region"),
    "level": Words("Niveau", "Level"),
    "note": Words("Note", "Note"),
    "custom": Words("Autres champs", "Other fields"),
    "profile": Words("Profil", "Profile"),
    "fields": Words("Champs modifiés", "Fields changed"),
    "origin": Words("Provenance", "Where it came from"),
    "stay": Words("Séjour", "Stay"),
    "property_id": Words("Établissement", "Property"),
    "arrival": Words("Arrivée", "Arrival"),
    "departure": Words("Départ", "Departure"),
    "room": Words("Chambre", "Room"),
    "status": Words("Statut", "Status"),
    "grounds": Words("Motif", "Grounds"),
    "reference": Words("Référence", "Reference"),
    "destroyed": Words("Détruit", "Destroyed"),
    "key_fingerprint": Words("Empreinte de la clé", "Fingerprint of the key"),
    "sealed_fields": Words("Valeurs personnelles devenues illisibles", "Personal values made unreadable"),
    "identities": Words("Empreintes d'e-mails et de téléphones", "Fingerprints of e-mails and phones"),
    "import_rows": Words("Lignes de listes importées", "Rows of imported lists"),
    "import_files": Words("Fichiers de listes importées", "Files of imported lists"),
    "first_answers": Words("Réponses gardées en double", "Copies of answers"),
    "anonymised": Words("Fiche anonymisée", "Record anonymised"),
    "legal_hold": Words("Conservation légale", "Legal hold"),
    "organisation_id": Words("Organisation (numéro)", "Organisation (number)"),
    "stay_id": Words("Séjour (numéro)", "Stay (number)"),
    "guest_id": Words("Client (numéro)", "Guest (number)"),
    "erasure_id": Words("Effacement (numéro)", "Erasure (number)"),
    "about": Words("Concerne", "Concerns"),
    "subject_id": Words("Concerne (numéro)", "Concerns (number)"),
    "kind": Words("Nature", "Kind"),
    "said_at": Words("Dit le", "Said on"),
    "day": Words("Jour", "Day"),
    "code_id": Words("Code", "Code"),
    "employee_id": Words("Collaborateur (numéro)", "Employee (number)"),
    "recipients": Words("Destinataires (nombre)", "Recipients (number)"),
    "employee_ids": Words("Collaborateurs (numéros)", "Employees (numbers)"),
    "emoji": Words("Humeur", "Mood"),
    "rating": Words("Évaluation", "Rating"),
    "given": Words("Donné", "Given"),
    "scale": Words("Sur", "Out of"),
    "answers": Words("Réponses", "Answers"),
    "portal": Words("Portail", "Portal"),
    "alert": Words("Alerte", "Alert"),
    "words": Words("Propos", "Words"),
    "title": Words("Titre", "Title"),
    "comment": Words("Commentaire", "Comment"),
    "liked": Words("Apprécié", "Liked"),
    "disliked": Words("Moins apprécié", "Disliked"),
    "author": Words("Auteur", "Author"),
    "email": Words("E-mail", "E-mail address"),
    "currency": Words("Devise", "Currency"),
    "items": Words("Articles", "Items"),
    "item_id": Words("Article", "Item"),
    "quantity": Words("Quantité", "Quantity"),
    "unit_value": Words("Valeur unitaire (plus petite unité)", "Unit value (minor units)"),
    "satisfaction": Words("Satisfaction", "Satisfaction"),
    "reason": Words("Motif", "Reason"),
    "message": Words("Message", "Message"),
    "due_at": Words("Prévu le", "Due on"),
    "remind_at": Words("Rappel prévu le", "Reminder due on"),
    "channel": Words("Envoyé par", "Sent by"),
    "via": Words("Écrit par", "Written by"),
    "automatic": Words("Automatique", "Automatic"),
    "permanent": Words("Définitif", "For good"),
    "complained": Words("Signalé comme indésirable", "Reported as spam"),
    "until": Words("Jusqu'au", "Until"),
    "stay_ids": Words("Séjours (numéros)", "Stays (numbers)"),
    "feedback_id": Words("Avis (numéro)", "Review (number)"),
    "outcome": Words("Issue", "Outcome"),
    "letter": Words("Message", "Message"),
    "subject": Words("Objet", "Subject"),
    "text": Words("Texte", "Text"),
    "message_id": Words("Message (numéro)", "Message (number)"),
    "of": Words("Événement", "Event"),
    "recipient": Words("Destinataire (numéro)", "Recipient (number)"),
}

NOW = (
    "salutation", "first_name", "last_name", "emails", "phones", "language", "country", "company", "address", "level",
    "note", "custom", "status", "anonymised", "legal_hold",
)  # fmt: skip


def moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


TEMPLATES.filters["moment"] = moment


def guest_export(
    export: Export, language: Language, guest: dict[str, object], stays: Sequence[object], events: Sequence[object]
) -> HTMLResponse:
    """`guest`, `stays` and `events` as the JSON has them."""
    index = Words._fields.index(language)
    labels = {name: words[index] for name, words in FIELDS.items()}
    return page(
        "guest_export.html",
        language,
        export=export,
        now={name: guest[name] for name in NOW},
        stays=stays,
        events=events,
        redacted=REDACTED,
        names={str(id_): name for id_, name in export.names.items()},
        label=lambda name: labels.get(name, name),
        custom_labels={field.key: field.label for field in export.organisation.profile_fields},
        words={name: words[index] for name, words in TEXTS.items()},
        values={name: words[index] for name, words in VALUES.items()},
        reasons={reason.value: getattr(sentence, language) for reason, sentence in SENTENCES.items()},
        empty=(None, (), [], {}, ""),
        event_titles={name: words[index] for name, words in EVENTS.items()},
    )
