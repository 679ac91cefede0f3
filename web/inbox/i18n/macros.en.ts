// Words of saved replies in English: the list in the composer and its settings.
const rules = new Intl.PluralRules('en')
const count = (n: number, one: string, other: string) => `${n} ${rules.select(n) === 'one' ? one : other}`

export const macrosEn = {
  title: 'Saved replies', open: 'Saved replies', placeholder: 'Name, shortcut or any words', failed: 'The saved replies could not be loaded', none: 'No saved reply for this ticket', noneHint: 'Write one under Settings, Saved replies.', nothing: 'No saved reply with these words', toSettings: 'Open settings',
  insert: 'Insert', own: 'Mine', onlyChanges: 'No text: it only changes the ticket.', language: (name: string) => `In ${name}`, anyLanguage: 'any language',
  withheld: (n: number, grade: string) => `${grade} complaints do not allow ${count(n, 'other saved reply', 'other saved replies')}.`,
  does: 'Changes', sets: (field: string, to: string) => `${field}: ${to}`, gone: 'no longer there',
  applied: (name: string) => `“${name}” inserted`, leftOut: (parts: string) => `Left out: ${parts}. It was deleted, put away or could not be changed now.`, undone: (name: string) => `“${name}” taken back`, forbidden: 'The grade of this complaint does not allow this saved reply. Answer in your own words.',
  settings: {
    lead: 'Answers written once: text with the customer’s name filled in, and what becomes of the ticket with it.', add: 'Write one', empty: 'No saved reply yet', emptyHint: 'Write down what you type ten times a day.', shared: 'Shared', mine: 'My own', everyone: 'Everyone', team: (name: string) => name, me: 'Only me', audience: 'Who may use it', audiences: { everyone: 'Everyone', team: 'A team', me: 'Only me' }, aTeam: 'Team', inactive: 'Put away', outdated: 'needs a look', outdatedHint: (parts: string) => `It changes what was deleted or put away: ${parts}. Choose again.`,
    readOnly: 'Shared replies are kept by whoever has that permission.', up: (name: string) => `Move “${name}” up`, down: (name: string) => `Move “${name}” down`, name: 'Name', shortcut: 'Shortcut', shortcutHint: 'A few letters, such as rf: type ; and them in the composer.', active: 'In use',
    texts: 'Text', textIn: (language: string) => `Text, ${language}`, addLanguage: (language: string) => `Add ${language}`, removeLanguage: (language: string) => `Remove ${language}`, insert: 'Insert', preview: 'Preview', previewFailed: 'The preview could not be made.', fallbackHint: 'Words for when it is not known stand behind a bar: {{customer.name|there}}.',
    variables: { 'customer.name': 'Customer’s name', 'ticket.number': 'Ticket number', 'ticket.subject': 'Subject', 'agent.name': 'Your name', 'agent.email': 'Your email', 'inbox.name': 'Inbox', 'inbox.address': 'Address' } as Record<string, string>,
    changes: 'What it changes', changesHint: 'At once, when it is inserted. Nothing is sent by itself.', stays: 'stays', toMe: 'Whoever uses it', addTags: 'Adds tags', removeTags: 'Takes off tags', chooseTag: 'Choose a tag…', removeTag: (name: string) => `Take out ${name}`,
    context: 'Offered', channels: 'By channel', teams: 'For tickets of', anyTicket: 'Nothing chosen: in every ticket.', chooseTeam: 'Choose a team…', needContent: 'Write a text, or choose what it changes.', saved: 'Saved',
  },
}

export type MacrosTexts = typeof macrosEn
