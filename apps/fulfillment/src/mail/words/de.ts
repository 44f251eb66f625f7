import type { Translation } from './catalog.js';

const NOT_YOU = 'Wenn Sie das nicht wollten, ignorieren Sie diese E-Mail; es geschieht nichts.';
const once = (until: string): string => `Der Link gilt einmal, bis ${until}.`;

export const de: Translation = {
  locale: 'de-DE',
  hello: (name) => (name ? `Hallo ${name},` : 'Hallo,'),
  code: 'Oder geben Sie dort, wo danach gefragt wird, innerhalb von zehn Minuten diesen Code ein:',
  paste: 'Oder fügen Sie dies dort ein, wo danach gefragt wird:',
  links: {
    verify_email: ({ until }) => ({
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      before: ['bitte bestätigen Sie, dass diese Adresse Ihnen gehört:'],
      label: 'Adresse bestätigen',
      after: [`${once(until)} Wenn Sie kein Konto angelegt haben, sagen Sie es auf der Seite oder tun Sie nichts.`],
    }),
    confirm_registration: ({ username, until }) => ({
      subject: 'Bestätigen Sie Ihr neues Konto',
      before: [
        `jemand möchte mit dieser Adresse ein Konto unter dem Namen ${username}. Wenn Sie es sind, bestätigen Sie es:`,
      ],
      label: 'Bestätigen und Konto öffnen',
      after: [`${once(until)} Wenn Sie es nicht sind, tun Sie nichts: Ohne Ihre Zustimmung entsteht kein Konto.`],
    }),
    account_exists: () => ({
      subject: 'Sie haben schon ein Konto',
      before: [
        'jemand, vielleicht Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines; nichts wurde geändert.',
        'Wenn Sie Ihr Passwort nicht mehr wissen, können Sie ein neues setzen:',
      ],
      label: 'Neues Passwort setzen',
      after: ['Wenn Sie es nicht waren, tun Sie nichts. Niemand hat erfahren, dass Sie ein Konto haben.'],
    }),
    reset_password: ({ until }) => ({
      subject: 'Neues Passwort setzen',
      before: ['jemand, hoffentlich Sie, möchte für Ihr Konto ein neues Passwort setzen:'],
      label: 'Neues Passwort setzen',
      after: [`${once(until)} Sie werden überall abgemeldet. ${NOT_YOU}`],
    }),
    change_email: ({ until }) => ({
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      before: ['bitte bestätigen Sie, dass Ihr Konto von nun an diese Adresse hat:'],
      label: 'Diese Adresse verwenden',
      after: [`${once(until)} Bis dahin bleibt alles, wie es ist. ${NOT_YOU}`],
    }),
    undo_email_change: ({ until }) => ({
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      before: [
        'Ihr Konto hat jetzt eine andere E-Mail-Adresse. Hierher kommt keine Post mehr dazu.',
        'Wenn Sie es nicht waren, nehmen Sie es zurück. Sie werden überall abgemeldet und können ein neues Passwort setzen:',
      ],
      label: 'Änderung zurücknehmen',
      after: [`${once(until)} Wenn Sie es waren, ist nichts zu tun.`],
    }),
    undo_deletion: ({ until }) => ({
      subject: 'Ihr Konto wird gelöscht',
      before: ['Ihr Konto ist geschlossen und wird mit allem darin endgültig gelöscht. Noch können Sie es behalten:'],
      label: 'Konto behalten',
      after: [`Die Löschung beginnt nach ${until}.`],
    }),
  },
  notices: {
    new_device: [
      'Neue Anmeldung an Ihrem Konto',
      'jemand hat sich mit einem uns neuen Gerät an Ihrem Konto angemeldet.',
    ],
    password_changed: ['Ihr Passwort wurde geändert', 'das Passwort Ihres Kontos wurde geändert.'],
    password_reset: ['Ihr Passwort wurde neu gesetzt', 'das Passwort Ihres Kontos wurde über einen Link neu gesetzt.'],
    email_changed: ['Ihre E-Mail-Adresse wurde geändert', 'Ihr Konto hat jetzt diese E-Mail-Adresse.'],
    mfa_enabled: ['Zwei-Schritt-Anmeldung ist an', 'für Ihr Konto wurde die Zwei-Schritt-Anmeldung eingeschaltet.'],
    mfa_disabled: ['Zwei-Schritt-Anmeldung ist aus', 'für Ihr Konto wurde die Zwei-Schritt-Anmeldung ausgeschaltet.'],
    recovery_codes_renewed: ['Neue Wiederherstellungscodes', 'Ihr Konto hat neue Codes; die alten gelten nicht mehr.'],
    recovery_code_used: ['Wiederherstellungscode benutzt', 'jemand hat sich mit einem solchen Code angemeldet.'],
    passkey_added: ['Passkey hinzugefügt', 'Ihr Konto hat einen neuen Passkey.'],
    passkey_removed: ['Passkey entfernt', 'ein Passkey Ihres Kontos wurde entfernt.'],
    identity_linked: ['Anmeldeweg hinzugefügt', 'mit dem Konto eines anderen Anbieters kann man sich jetzt anmelden.'],
    identity_unlinked: ['Anmeldeweg entfernt', 'mit dem Konto eines Anbieters kann man sich nicht mehr anmelden.'],
    staff_access: [
      'Unser Team hat Ihr Konto geöffnet',
      'jemand von unserem Team hat Ihr Konto in Ihrem Namen geöffnet, für höchstens eine Stunde, um Ihnen zu helfen.',
    ],
    device_paired: ['Gerät gekoppelt', 'ein neues Gerät handelt für Ihr Konto.'],
  },
  notice: {
    occasion: (at, address, program) =>
      [`Wann: ${at}`, `Adresse: ${address ?? 'unbekannt'}`, `Programm: ${program ?? 'unbekannt'}`].join(' · '),
    nothingToDo: 'Wenn Sie es waren, ist nichts zu tun.',
    label: 'Das war ich nicht',
    after: 'Die Seite hinter dem Link meldet das Gerät ab und schickt Ihnen einen Link für ein neues Passwort.',
  },
  license: {
    subject: (tier) => `Ihre Lizenz ${tier}`,
    opening: (tier, until) => `vielen Dank. Dies ist Ihre Lizenz ${tier}, gültig bis ${until}.`,
  },
  license_changed: {
    subject: (tier) => `Die neue Datei Ihrer Lizenz ${tier}`,
    opening: (tier, until) => `dies ist die neue Datei Ihrer Lizenz ${tier}, gültig bis ${until}.`,
  },
  licenseKey: (key) => `Lizenzschlüssel: ${key}`,
  activate: 'Fügen Sie zum Aktivieren die folgende Zeile ganz in die App ein, oder öffnen Sie die angehängte Datei:',
  keep: 'Sie gilt offline. Bewahren Sie diese E-Mail auf: Mehr brauchen Sie auf einem neuen Computer nicht.',
  portal: ({ until }) => ({
    subject: 'Ihre Lizenzen',
    before: ['hier finden Sie Ihre Lizenzen und können sie erneut senden lassen oder verlängern:'],
    label: 'Meine Lizenzen zeigen',
    after: [`Der Link gilt einmal, bis ${until}. Wenn Sie ihn nicht wollten, ignorieren Sie diese E-Mail.`],
  }),
};
