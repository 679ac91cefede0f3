// The words of the settings in English, loaded with them. settings.zh.ts has the same keys.

const rules = new Intl.PluralRules('en')
const count = (n: number, one: string, other: string) => `${new Intl.NumberFormat('en').format(n)} ${rules.select(n) === 'one' ? one : other}`

export const settingsEn = {
  account: {
    lead: 'How colleagues and customers see you, and how you sign in.', name: 'Your name', nameHint: 'Customers see it under your replies.', password: 'Password', current: 'Current password', next: 'New password', change: 'Change password', changed: 'Password changed. Other devices are signed out.',
    wrongCurrent: 'The current password is not right.', sessions: 'Where you are signed in', thisOne: 'this device', lastSeen: (when: string) => `active ${when}`, everywhere: 'Sign out everywhere', everywhereHint: 'This device too.', appearance: 'Appearance', profile: 'Profile', unknownDevice: 'Unknown device',
  },
  inboxes: {
    lead: 'The addresses, chats and phone lines by which customers reach you.', add: 'Add inbox', addEmail: 'Email', addEmailHint: 'A mailbox such as help@shop.example', addChat: 'Chat', addChatHint: 'A chat window on the shop’s pages', addPhone: 'Phone', addPhoneHint: 'Calls that agents log', empty: 'No inbox yet', emptyHint: 'Start with the mailbox your customers already write to.',
    address: 'Address', team: 'Goes to team', sender: 'Sender’s name', senderHint: 'What customers see beside the address.', signature: 'Signature', signatureHint: 'Put under every reply.', smtp: 'Outgoing mail (SMTP)', imap: 'Incoming mail (IMAP)', useSmtp: 'Send through this server', useImap: 'Fetch from this server', useImapHint: 'Leave it off if mail is delivered to Shouwen directly.', host: 'Server', port: 'Port', security: 'Encryption',
    securities: { tls: 'TLS', starttls: 'STARTTLS', none: 'None (unsafe)' }, username: 'User name', password: 'Password', passwordKept: 'Set. Leave empty to keep it.', folder: 'Folder', test: 'Test connection', testing: 'Testing…', testOf: { smtp: 'Sending', imap: 'Fetching', receive: 'Receiving' }, testFailed: 'The test could not be done.', saveFirst: 'Save first, then test.',
    code: { ok: 'Works.', dns: 'The server’s name is not known. Check its spelling.', refused: 'Nobody answers on this port. Check server and port.', tls: 'No secure connection could be made. Check encryption and port.', auth: 'User name or password were refused.', sender: 'The server does not let you send from this address.', folder: 'This folder does not exist in the mailbox.', timeout: 'The server did not answer in time. A firewall may block it.', protocol: 'The server answered something unexpected.', not_configured: 'Not set up.' } as Record<string, string>,
    script: 'Script for your pages', scriptHint: 'Put this before </body> on every page of the shop.', color: 'Colour', chatTitle: 'Title', greeting: 'Greeting', origins: 'Allowed sites', originsHint: 'One per line, such as https://shop.example. Empty: every site.', askEmail: 'Ask for the email address', line: 'Number', activeHint: 'An inactive inbox takes nothing in and sends nothing.', scriptAfter: 'The script appears here once the inbox is saved.', preview: 'Preview',
  },
  agents: {
    lead: 'Who works here.', add: 'Invite agent', role: 'Role', teams: 'Teams', email: 'Email', deactivate: 'Deactivate', activate: 'Activate', deactivateHint: 'Signs the agent out at once. Tickets stay.', signOut: 'Sign out everywhere', signedOut: (name: string) => `${name} is signed out everywhere`, invited: (email: string) => `Invitation sent to ${email}`, password: 'First password', passwordHint: 'Leave empty to send an invitation by mail.', created: 'Agent created', showInactive: 'Show inactive', noTeams: 'No team', needEmail: 'Enter an email address.',
  },
  teams: { lead: 'Groups that share a queue.', add: 'Add team', members: 'Members', count: (n: number) => count(n, 'member', 'members'), empty: 'No team yet', emptyHint: 'Teams share a queue: returns, logistics, complaints.' },
  roles: {
    lead: 'What agents may see and do.', add: 'Add role', permission: 'May', scope: 'Sees', scopes: { all: 'All tickets', teams: 'Own teams’ tickets', assigned: 'Only own tickets' }, builtIn: 'Built in', builtInName: { administrator: 'Administrator', supervisor: 'Supervisor', agent: 'Agent' }, builtInHint: 'Built-in roles cannot be changed. Add your own beside them.', empty: '',
    group: { ticket: 'Tickets', customer: 'Customers and calls', mail: 'Mail', complaint: 'Complaints', admin: 'Administration' },
    permissions: { 'ticket.read': 'See tickets', 'ticket.reply': 'Reply to customers', 'ticket.note': 'Write notes', 'ticket.edit': 'Change status, priority, tags', 'ticket.assign': 'Assign', 'ticket.create': 'Open tickets', 'customer.read': 'See customers', 'customer.edit': 'Change customers', 'call.log': 'Log calls', 'raw.read': 'Read original mails', 'board.read': 'See boards', 'admin.agents': 'Agents', 'admin.teams': 'Teams', 'admin.inboxes': 'Inboxes', 'admin.tags': 'Tags', 'admin.statuses': 'Statuses', 'admin.roles': 'Roles', 'admin.keys': 'API keys', 'complaint.edit': 'Handle complaints', 'complaint.approve': 'Approve compensation', 'complaint.close': 'Close a complaint in the customer’s place', 'admin.complaints': 'Grades and complaints', 'mail.read': 'See every mail that came', 'mail.recover': 'Recover and discard mail, block senders', 'admin.sla': 'Deadlines and working hours', 'admin.routing': 'Routing, skills and shifts', 'ticket.reassign_owner': 'Give a ticket another owner' },
  },
  tags: { lead: 'Words to sort tickets by.', add: 'Add tag', color: 'Colour', empty: 'No tag yet', emptyHint: 'A few well-kept tags beat many: refund, delivery, damaged.' },
  statuses: { lead: 'Own names under fixed meanings.', add: 'Add status', category: 'Means', archived: 'Archived', archive: 'Archive', restore: 'Restore', builtIn: 'Built in', nameHint: 'Leave empty to use the built-in name in each reader’s language.' },
  keys: {
    lead: 'For programs that talk to Shouwen, such as the phone system.', add: 'Create key', scopes: 'May', scope: { 'calls:write': 'Report calls', 'tickets:read': 'Read tickets', 'tickets:write': 'Write tickets', 'customers:read': 'Read customers', 'customers:write': 'Write customers' }, once: 'Copy the key now. It is never shown again.', revoke: 'Revoke', revokeText: (name: string) => `Revoke “${name}”? Programs using it stop working at once.`, lastUsed: (when: string) => `used ${when}`, never: 'never used', empty: 'No key yet', emptyHint: 'Create one for the phone system or the shop.', created: 'Key created', needScope: 'Choose at least one thing it may do.',
  },
}

export type SettingsTexts = typeof settingsEn
