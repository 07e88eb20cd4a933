"""The words of the generated reference pages: headings in both languages, settings, errands. Documentation, never shown in a page."""

from __future__ import annotations

from typing import Any

HEADINGS: dict[str, dict[str, Any]] = {
    "en": {
        "generated": "Made by `havre reference`; change the code, not this page.",
        "policy": "The policy book: who may see and do what",
        "nothing": "Whatever is not allowed here is refused. Every reading of a case also needs a live grant of that case for the declared purpose.",
        "rls": (
            "On PostgreSQL the same rows are also row-level security. That second lock stops a forgotten scope in our code. It does not stop "
            "somebody who can run SQL as the application's role: such a person can set the session's variables and claim any role. On SQLite "
            "there is no second lock; whoever can open the file reads every coded fact. Names, addresses and free text stay sealed in both."
        ),
        "allowed": "Allowed",
        "forbidden": "Forbidden",
        "wins": "These win over every row above.",
        "everybody": "everybody",
        "allow_row": ("row", "may", "what", "who", "only when", "law"),
        "forbid_row": ("row", "may not", "what", "who", "when", "law"),
        "workflows": "Workflows: who may take which step, and after which rights",
        "not_in_table": "A step that is in no row is refused, with every unmet condition at once.",
        "move_row": ("step", "from", "to", "who may", "only after", "clock", "law"),
    },
    "fr": {
        "generated": "Page produite par `havre reference` ; c’est le code qui se modifie, non cette page.",
        "policy": "Le livre des accès : qui peut voir et faire quoi",
        "nothing": (
            "Tout ce qui n’est pas autorisé ici est refusé. Toute lecture d’un dossier exige en outre une autorisation en cours pour ce "
            "dossier et pour la finalité déclarée."
        ),
        "rls": (
            "Sous PostgreSQL, les mêmes lignes forment aussi la sécurité au niveau des lignes. Ce second verrou arrête un filtre oublié dans "
            "notre code. Il n’arrête pas une personne capable d’exécuter du SQL sous le rôle de l’application : elle peut fixer les variables "
            "de la session et se donner n’importe quel rôle. Sous SQLite, il n’y a pas de second verrou ; qui peut ouvrir le fichier lit tous "
            "les faits codés. Noms, adresses et textes libres restent scellés dans les deux cas."
        ),
        "allowed": "Autorisé",
        "forbidden": "Interdit",
        "wins": "Ces lignes l’emportent sur toutes celles qui précèdent.",
        "everybody": "tout le monde",
        "allow_row": ("ligne", "peut", "quoi", "qui", "seulement si", "droit applicable"),
        "forbid_row": ("ligne", "ne peut pas", "quoi", "qui", "quand", "droit applicable"),
        "workflows": "Procédures : qui peut franchir quelle étape, et après quels droits",
        "not_in_table": "Une étape qui ne figure dans aucune ligne est refusée, avec toutes les conditions manquantes à la fois.",
        "move_row": ("étape", "de", "à", "qui peut", "seulement après", "délai", "droit applicable"),
    },
}

# name, value when unset, meaning
SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("HAVRE_HOME", "`var`", "The folder of this instance: databases, key file, secret. Made with rights 0700 by `havre init`."),
    ("HAVRE_COUNTRY", "`gh`", "The country whose profile, languages and time limits hold; an ISO 3166-1 code with a profile."),
    (
        "HAVRE_DATABASE_URL",
        "SQLite files in HAVRE_HOME",
        "A PostgreSQL address for the records and the trail. The keys stay in a file of their own.",
    ),
    ("HAVRE_HOSTS", "`localhost,127.0.0.1,[::1]`", "The host names that are answered, with commas."),
    ("HAVRE_HTTPS", "off", "`1` behind TLS: secure cookies, HSTS, redirect. Without it Havre serves its own machine only."),
    ("HAVRE_PASSPHRASE_FILE", "asked at the keyboard", "A file (rights 0600) with the vault's passphrase, for a start without a keyboard."),
    ("HAVRE_FACTOR_MINUTES", "`5`", "How recent the second factor must be before a name, an export or an emergency access (minutes)."),
    ("HAVRE_IDLE_MINUTES", "`15`", "A session that rests this long ends (minutes)."),
    ("HAVRE_ABSOLUTE_HOURS", "`12`", "A session ends after this long in any case (hours)."),
    ("HAVRE_KEYS_BACKUP_DAYS", "`30`", "How long a backup of the keys lives (days): an erasure is complete in the backups after that."),
    (
        "HAVRE_CHECKPOINT_FOLDER",
        "none",
        "A folder on another machine or medium where the worker writes each signed checkpoint of the audit chain.",
    ),
    (
        "HAVRE_JOBS_INLINE",
        "off",
        "`1` runs jobs (extracts, profiles) in the worker itself; their memory then stays with it. For small machines and tests.",
    ),
    (
        "HAVRE_IDENTITY_CUSTODIANS",
        "`any:case_manager@lead,child_protection@lead`",
        "Who must agree before a name opens to somebody who works without it: `any:` or `all:`, then jobs with commas, `ROLE@lead`"
        " (of the service that leads the case) or `data_protection_officer@country`.",
    ),
    ("HAVRE_QUICK_EXIT", "the calendar page", "Where the quick exit leads."),
    ("HAVRE_LANGUAGE", "`en`", "The language of who has not chosen one: `en` or `fr`."),
    ("HAVRE_TIME_ZONE", "`UTC`", "The time zone in which dates are shown and days are counted."),
    (
        "HAVRE_PUBLISHED_DATA",
        "none",
        "A folder with data that others publish (HTCDS, CTDC, estimation papers); used by tests and benchmarks only.",
    ),
    ("HAVRE_DEMO", "off", "`1` marks an instance that holds made-up persons only."),
    ("HAVRE_DEBUG", "off", "`1` for development: error pages with code. Never where real records are."),
    ("HAVRE_TEST_DIR", "`/dev/shm` or the temporary folder", "Where the tests put their databases."),
)

ERRAND_WORDS: dict[str, str] = {
    "backup check": "counts whether every sealed section of a restored backup has its key",
    "clocks": "runs legal time limits out, reminds, and moves what the house moves by itself",
    "emergency": "finds the one case that an emergency access names, before its grant exists",
    "erase": "removes an erased person's rows and what hangs on them",
    "extract": "writes the pseudonymised extract: coded columns only, no name, no free text",
    "gates": "asks whether a right was recorded in another part before a step is taken",
    "history": "gives the ids of the persons in a case, for the history of accesses",
    "import": "asks whether a record of a file was imported before, so that a second import adds nothing",
    "matching": "finds the keys of the rows that hold what was typed, before the policy judges each of them",
    "merging": "lets open rows of one organisation name the one that it has become part of; what is past stays",
    "offers": "finds the referrals offered to a service and role before any grant exists; a sealed case leaves no trace",
    "opening": "writes the first rows of a case, before its first grant exists",
    "own data": "finds a code for reading from afar by its digest, and lists the requests about own data by number and clock for the officer",
    "retention": "finds what is kept longer than its term",
    "sealing": "seals a case: ends grants and names custodians",
    "tests": "the test suite looking at what it made",
    "vault": "opens, re-seals and rotates sealed sections after the policy has been asked for the person",
    "withdrawal": "ends what rested on a consent that was withdrawn, keeps the proof, and finds a receiver's notices of what has ended",
}
