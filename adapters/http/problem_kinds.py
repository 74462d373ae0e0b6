"""Every problem the API can answer with, in one table: code, status, and what it means in both languages."""

from typing import NamedTuple

from adapters.http.languages import Language


class Text(NamedTuple):
    """A short title, the same for every occurrence, and what to know or do about it."""

    title: str
    detail: str


class Kind(NamedTuple):
    """`retry_after` are the seconds after which the same request may well succeed; None where it will not."""

    status: int
    en: Text
    fr: Text
    retry_after: int | None = None

    def text(self, language: Language) -> Text:
        return self.fr if language == "fr" else self.en


KINDS = {
    # What HTTP itself can refuse.
    "body-unparsable": Kind(
        400,
        Text("The body cannot be read", "The body is not well-formed. Check its syntax and its encoding (UTF-8)."),
        Text("Le corps est illisible", "Le corps est mal formé. Vérifiez sa syntaxe et son encodage (UTF-8)."),
    ),
    "header-invalid": Kind(
        400,
        Text("A header is not valid", "The header named in `errors` does not have the form it must have."),
        Text("Un en-tête n'est pas valide", "L'en-tête nommé dans `errors` n'a pas la forme attendue."),
    ),
    "unauthenticated": Kind(
        401,
        Text("Who is calling?", "Send a valid API key or access token as `Authorization: Bearer …`."),
        Text("Qui appelle ?", "Envoyez une clé d'API ou un jeton d'accès valide : `Authorization: Bearer …`."),
    ),
    "forbidden": Kind(
        403,
        Text("Not allowed", "The role or the properties of this key do not allow it."),
        Text("Accès refusé", "Le rôle ou les établissements de cette clé ne le permettent pas."),
    ),
    "not-found": Kind(
        404,
        Text("Not found", "Nothing is here, or it belongs to another organisation."),
        Text("Introuvable", "Il n'y a rien ici, ou cela appartient à une autre organisation."),
    ),
    "method-not-allowed": Kind(
        405,
        Text("Method not allowed", "The `Allow` header names the methods that this address takes."),
        Text("Méthode non permise", "L'en-tête `Allow` nomme les méthodes que cette adresse accepte."),
    ),
    "not-acceptable": Kind(
        406,
        Text("No such format", "This can be had as JSON, and a list also as CSV or XLSX."),
        Text("Format indisponible", "Formats possibles : JSON et, pour une liste, CSV ou XLSX."),
    ),
    "body-too-large": Kind(
        413,
        Text("The body is too large", "Send less at once, or split the file."),
        Text("Le corps est trop volumineux", "Envoyez-en moins à la fois, ou divisez le fichier."),
    ),
    "media-type-unsupported": Kind(
        415,
        Text("Unsupported media type", "Send `Content-Type: application/json`, or what the operation documents."),
        Text("Type de contenu non pris en charge", "Envoyez `Content-Type: application/json`, ou le type documenté."),
    ),
    "invalid": Kind(
        422,
        Text("Some of it is not valid", "Each entry of `errors` points at what to mend."),
        Text("Des données ne sont pas valides", "Chaque entrée de `errors` désigne ce qu'il faut corriger."),
    ),
    "rate-limited": Kind(
        429,
        Text("Too many requests", "Wait for as many seconds as `Retry-After` says."),
        Text("Trop de requêtes", "Attendez le nombre de secondes indiqué par `Retry-After`."),
    ),
    "internal": Kind(
        500,
        Text("Something broke on our side", "It has been recorded. Tell support the `X-Request-Id` of this answer."),
        Text("Une erreur est survenue chez nous", "Elle est enregistrée. Donnez le `X-Request-Id` de cette réponse."),
    ),
    "identity-provider-unreachable": Kind(
        503,
        Text("The identity provider does not answer", "The token cannot be checked right now. Try again shortly."),
        Text("Le fournisseur d'identité ne répond pas", "Le jeton ne peut être vérifié pour l'instant. Réessayez."),
        retry_after=30,
    ),
    "unavailable": Kind(
        503,
        Text("The database does not answer", "Try again shortly; send a POST again with its Idempotency-Key."),
        Text("La base de données ne répond pas", "Réessayez bientôt ; un POST, avec la même Idempotency-Key."),
        retry_after=2,
    ),
    "still-erasing": Kind(
        503,
        Text("Still erasing", "Guests who were erased are still being taken out of the lists. Try again shortly."),
        Text("Effacement en cours", "Des clients effacés quittent encore les listes. Réessayez dans un instant."),
        retry_after=5,
    ),
    # What the conventions of this API can refuse.
    "idempotency-key-in-use": Kind(
        409,
        Text("The first request still runs", "A request with this Idempotency-Key is under way. Try again shortly."),
        Text(
            "La première requête est en cours", "Une requête avec cette Idempotency-Key s'exécute. Réessayez bientôt."
        ),
        retry_after=1,
    ),
    "idempotency-key-reused": Kind(
        422,
        Text(
            "Idempotency-Key used before", "It belonged to another address or body. Make a new key for a new request."
        ),
        Text(
            "Idempotency-Key déjà employée", "Elle servait à une autre adresse ou un autre corps. Prenez-en une neuve."
        ),
    ),
    "answer-erased": Kind(
        409,
        Text("The first answer was erased", "The request was done once. It told of a guest who was forgotten since."),
        Text("La première réponse a été effacée", "La requête, exécutée, concernait un client oublié depuis."),
    ),
    "version-mismatch": Kind(
        412,
        Text("It has changed meanwhile", "Read it again, and send the new ETag in `If-Match`."),
        Text("Modifié entre-temps", "Relisez-le et envoyez le nouvel ETag dans `If-Match`."),
    ),
    "conflict": Kind(
        409,
        Text("Somebody else was faster", "Another change was made at the same moment. Try again."),
        Text("Quelqu'un a été plus rapide", "Une autre modification a eu lieu au même moment. Réessayez."),
        retry_after=1,
    ),
    "not-yet": Kind(
        503,
        Text("Not there yet", "A read model has not read far enough (see `Hote-At-Least`). Try again shortly."),
        Text("Pas encore à jour", "Une vue n'a pas assez avancé (voir `Hote-At-Least`). Réessayez bientôt."),
        retry_after=1,
    ),
    "certificate-pending": Kind(
        503,
        Text("Not certified yet", "The guest is anonymised; a read model has yet to follow. Try again shortly."),
        Text("Pas encore certifié", "Le client est anonymisé ; une vue doit encore suivre. Réessayez bientôt."),
        retry_after=1,
    ),
    "exports-busy": Kind(
        503,
        Text("Too many exports at once", "Others are downloading whole lists. Try again in a moment."),
        Text("Trop d'exports à la fois", "D'autres téléchargent des listes entières. Réessayez dans un instant."),
        retry_after=5,
    ),
    "verification-busy": Kind(
        503,
        Text("The log is being verified", "One verification at a time. Try again when it is done."),
        Text("Le journal est en cours de vérification", "Une vérification à la fois. Réessayez quand elle est finie."),
        retry_after=10,
    ),
    "log-tampered": Kind(
        409,
        Text("The log was changed", "It is not what its last checkpoint signed: `/v1/log/verification` says where."),
        Text(
            "Le journal a été modifié",
            "Il n'est plus ce que le dernier point de contrôle a signé : `/v1/log/verification` dit où.",
        ),
    ),
    # What the domain can refuse: a Refusal's code is looked up here.
    "identity-taken": Kind(
        409,
        Text("Already another guest's", "An e-mail address or phone number belongs to the guest in `guest_id`."),
        Text("Déjà celui d'un autre client", "Une adresse ou un numéro appartient au client indiqué par `guest_id`."),
    ),
    "already-contacted": Kind(
        409,
        Text("Already written to", "A guest who has received a message can be anonymised, no longer deleted."),
        Text("Déjà contacté", "Un client qui a reçu un message peut être anonymisé, mais plus supprimé."),
    ),
    "guest-forgotten": Kind(
        409,
        Text("This guest was forgotten", "Nothing more can be written of a guest whose data was erased."),
        Text("Ce client a été oublié", "On ne peut plus rien écrire d'un client dont les données sont effacées."),
    ),
    "belongs-to-guest": Kind(
        409,
        Text("A known guest said this", "It is erased with the guest in `guest_id`: anonymise the guest."),
        Text("Un client connu l'a dit", "Cela s'efface avec le client indiqué par `guest_id` : anonymisez le client."),
    ),
    "guest-merged": Kind(
        409,
        Text("One with another", "This guest was merged into the one in `guest_id`: name that one."),
        Text("Fusionné avec un autre", "Ce client a été fusionné avec celui de `guest_id` : indiquez celui-là."),
    ),
    "still-merged": Kind(
        409,
        Text("Stands for several", "Undo the merge in `merge_id` first, or anonymise the guest, and so all of them."),
        Text("En réunit plusieurs", "Annulez d'abord la fusion `merge_id`, ou anonymisez le client, et donc tous."),
    ),
    "same-guest": Kind(
        409,
        Text("Only one guest", "Two different guests are needed."),
        Text("Un seul client", "Il faut deux clients différents."),
    ),
    "merge-not-last": Kind(
        409,
        Text("Merged again since", "Undo the merge in `merge_id` first."),
        Text("Fusionné de nouveau depuis", "Annulez d'abord la fusion `merge_id`."),
    ),
    "legal-hold": Kind(
        409,
        Text("A legal hold keeps this guest", "Lift it first. Who placed it and why stands in the guest's history."),
        Text(
            "Ce client est sous conservation légale",
            "Levez-la d'abord. L'historique du client dit qui l'a ordonnée et pourquoi.",
        ),
    ),
    "retired": Kind(
        409,
        Text("It is retired", "What is retired cannot be changed any more. Add another."),
        Text("Élément retiré", "Ce qui est retiré ne peut plus être modifié. Ajoutez-en un autre."),
    ),
    "arrival-answered": Kind(
        409,
        Text("Somebody was faster", "This arrival was answered before: `state` says how, `guest_id` who was accepted."),
        Text("Quelqu'un a été plus rapide", "Une réponse existe déjà : voir `state` et, si accepté, `guest_id`."),
    ),
    "already-resolved": Kind(
        409,
        Text("Already resolved", "A feedback is resolved once. Reopen it, with a reason, to resolve it otherwise."),
        Text("Déjà résolu", "Un feedback se résout une fois. Rouvrez-le, avec un motif, pour le résoudre autrement."),
    ),
    "not-resolved": Kind(
        409,
        Text("Not resolved", "Only a feedback that is resolved can be reopened."),
        Text("Non résolu", "Seul un feedback résolu peut être rouvert."),
    ),
    "approval-pending": Kind(
        409,
        Text("Waits for approval", "A compensation is proposed already. Have it refused, to propose another."),
        Text("En attente d'approbation", "Une compensation est déjà proposée. Faites-la refuser pour en changer."),
    ),
    "nothing-proposed": Kind(
        409,
        Text("Nothing to approve", "No compensation of this feedback waits for approval."),
        Text("Rien à approuver", "Aucune compensation de ce feedback n'attend d'approbation."),
    ),
    "claim-taken": Kind(
        409,
        Text("Somebody has it already", "The one named in `holder` handles this feedback."),
        Text("Déjà pris", "La personne nommée dans `holder` traite ce feedback."),
    ),
    "feedback-state": Kind(
        409,
        Text("Not where it is now", "The feedback is in the folder named in `folder`: restore it first."),
        Text("Impossible dans ce dossier", "Le feedback est dans le dossier nommé dans `folder` : restaurez-le."),
    ),
    "no-address": Kind(
        409,
        Text("No address to write to", "Nobody knows an e-mail address for this. Add one, or call."),
        Text("Aucune adresse", "Aucune adresse e-mail n'est connue pour cela. Ajoutez-en une, ou appelez."),
    ),
    "conversation-unknown": Kind(
        409,
        Text("No such conversation", "The mail answers none that your organisation wrote to a guest."),
        Text("Conversation inconnue", "Ce courriel ne répond à aucun de ceux que votre organisation a écrits."),
    ),
    "message-refused": Kind(
        409,
        Text("The message was refused", "The mail server or the SMS gateway will not take it. Check the address."),
        Text("Le message a été refusé", "Le serveur d'e-mails ou de SMS ne le prend pas. Vérifiez l'adresse."),
    ),
    "message-delayed": Kind(
        503,
        Text("The message was not taken now", "The mail server or the SMS gateway may take it later. Try again."),
        Text("Le message n'a pas été pris", "Le serveur d'e-mails ou de SMS le prendra peut-être plus tard."),
        retry_after=60,
    ),
    "not-sent-yet": Kind(
        503,
        Text("Not sent yet", "The message that the report is on is not noted as sent. Hand it over again shortly."),
        Text("Pas encore envoyé", "Le message visé n'est pas encore noté comme envoyé. Remettez-le dans un instant."),
        retry_after=60,
    ),
    "invitation-state": Kind(
        409,
        Text("Not in this state", "The invitation is in the state named in `state`, which does not allow it."),
        Text("Impossible dans cet état", "L'état de l'invitation, nommé dans `state`, ne le permet pas."),
    ),
    "nothing-to-cancel": Kind(
        409,
        Text("Nothing to cancel", "No message to this guest waits to be sent."),
        Text("Rien à annuler", "Aucun message à ce client n'attend d'être envoyé."),
    ),
    "not-to-be-written-to": Kind(
        409,
        Text("Nothing can be sent to this guest", "`reason` says why: see the guest's `/invitations`."),
        Text("Rien ne peut être envoyé à ce client", "`reason` dit pourquoi : voyez ses `/invitations`."),
    ),
    "reservation-state": Kind(
        409,
        Text("Not in this state", "The reservation is in the state named in `state`, which does not allow it."),
        Text("Impossible dans cet état", "L'état de la réservation, nommé dans `state`, ne le permet pas."),
    ),
    "reservation-known": Kind(
        409,
        Text("Booked already", "The property has a reservation with this external id: `reservation_id` names it."),
        Text("Déjà réservé", "L'établissement a une réservation de cet identifiant externe : voir `reservation_id`."),
    ),
    "guest-blocked": Kind(
        409,
        Text("This guest is blocked", "Nobody can book for them until they are unblocked: see `reason` and `until`."),
        Text("Ce client est bloqué", "Aucune réservation n'est possible avant son déblocage : voir `reason`, `until`."),
    ),
    "reservation-declined": Kind(
        409,
        Text("Reservation declined", "Unfortunately, we cannot accept this reservation."),
        Text("Réservation refusée", "Nous ne pouvons malheureusement pas accepter cette réservation."),
    ),
    "stay-reserved": Kind(
        409,
        Text("Change the reservation", "This stay is as its reservation says, which `reservation_id` names."),
        Text("Modifiez la réservation", "Ce séjour suit sa réservation, que nomme `reservation_id`."),
    ),
    # What an import can refuse.
    "import-state": Kind(
        409,
        Text("Not in this state", "The import's state does not allow it, or it has gone on meanwhile: read it again."),
        Text("Impossible dans cet état", "L'état de l'import ne le permet pas, ou il a avancé : relisez-le."),
    ),
    "file-gone": Kind(
        409,
        Text("The file was erased", "It told, or could tell, of a guest who was forgotten since. Upload it again."),
        Text("Le fichier a été effacé", "Il concernait peut-être un client oublié depuis. Envoyez-le à nouveau."),
    ),
    "date-order-needed": Kind(
        409,
        Text("Which date order?", "Day and month fit both ways in this file. Choose `date_order`: dmy, mdy or ymd."),
        Text("Quel ordre de date ?", "Jour et mois s'inversent sans erreur ici. Choisissez `date_order`."),
    ),
    "mapping-incomplete": Kind(
        409,
        Text("Columns are missing", "Map one column to a last or full name, and one to an e-mail or a phone."),
        Text("Il manque des colonnes", "Associez une colonne au nom, et une à l'e-mail ou au téléphone."),
    ),
    "file-empty": Kind(
        422,
        Text("The file is empty", "Export the list again and check that it holds guests."),
        Text("Le fichier est vide", "Exportez la liste à nouveau et vérifiez qu'elle contient des clients."),
    ),
    "file-too-large": Kind(
        413,
        Text("The file is too large", "Split the list, or export it as CSV."),
        Text("Le fichier est trop volumineux", "Divisez la liste, ou exportez-la en CSV."),
    ),
    "file-encrypted": Kind(
        422,
        Text("The file is protected by a password", "Save it without a password and upload it again."),
        Text("Le fichier est protégé par un mot de passe", "Enregistrez-le sans mot de passe et renvoyez-le."),
    ),
    "file-damaged": Kind(
        422,
        Text("The file is damaged", "Open it in a spreadsheet, save it as CSV, and upload that."),
        Text("Le fichier est endommagé", "Ouvrez-le dans un tableur, enregistrez-le en CSV et envoyez celui-ci."),
    ),
    "file-zip-bomb": Kind(
        422,
        Text("The file unpacks to far too much", "Save the list as CSV and upload that."),
        Text("Le fichier se décompresse démesurément", "Enregistrez la liste en CSV et envoyez celle-ci."),
    ),
    "file-not-a-table": Kind(
        422,
        Text("This is not a list", "Upload a CSV, TXT, XLSX, XLS or ODS file."),
        Text("Ce n'est pas une liste", "Envoyez un fichier CSV, TXT, XLSX, XLS ou ODS."),
    ),
    "cell-too-large": Kind(
        422,
        Text("A cell is far too long", "Most often a closing quote is missing: mend the line and upload it again."),
        Text("Une cellule est démesurée", "Il manque souvent un guillemet fermant : corrigez la ligne et renvoyez."),
    ),
    "file-choice-unknown": Kind(
        422,
        Text("No such encoding, delimiter or sheet", "Choose one that the problem's detail names."),
        Text("Encodage, séparateur ou feuille inconnu", "Choisissez parmi ceux que nomme le détail."),
    ),
}
