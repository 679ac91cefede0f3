// The colour of what became of a mail: amber waits for a person, red went wrong, green is in a ticket.
import type { MailState } from '../../shared/types'

const colors: Partial<Record<MailState, 'amber' | 'red' | 'green' | 'blue'>> = { suspended: 'amber', failed: 'red', read: 'green', report: 'blue' }

export const colorOf = (state: MailState) => colors[state] ?? 'gray'
