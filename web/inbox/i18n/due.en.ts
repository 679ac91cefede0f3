// The words of due times in English. due.zh.ts has the same keys.

export const dueEn = {
  metric: { first_response: 'First response', next_response: 'Next response', resolution: 'Resolution' },
  over: (span: string) => `${span} over`, says: { running: (metric: string, span: string) => `${metric}: due in ${span}`, warning: (metric: string, span: string) => `${metric}: due soon, in ${span}`, breached: (metric: string, span: string) => `${metric}: overdue by ${span}`, paused: (metric: string, span: string) => `${metric}: paused, ${span} left` },
  why: 'Why is it due then?', whyShort: 'Why?', loadFailed: 'The explanation could not be loaded', none: 'Nothing is due here.', label: 'Due times',
  policy: 'Policy', usual: 'Usual times', version: (n: number) => `version ${n}`, noPolicy: 'No policy was chosen for this ticket.', noSla: 'This policy sets no targets: nothing falls due.', everyTicket: 'It takes every ticket that no policy before it took.', because: 'Chosen because', passedOver: 'Passed over', facts: 'Chosen by these facts',
  field: { channel: 'channel', inbox: 'inbox', grade: 'grade', priority: 'priority', tier: 'tier', tag: 'tag', language: 'language' }, is: (field: string, values: string) => `${field} is ${values}`, isNot: (field: string, values: string) => `${field} is not ${values}`, or: ' or ', but: (actual: string) => `it is ${actual}`, nothing: 'none',
  calendar: (name: string) => `in the hours of ${name}`, always: 'around the clock', zone: (zone: string) => `Times in ${zone}`, target: (span: string) => `within ${span}`,
  verdict: { running: 'Running', warning: 'Due soon', paused: 'Paused', met: 'Met', late: 'Met late', breached: 'Overdue', stopped: 'Stopped' }, due: (when: string) => `due ${when}`, metAt: (when: string) => `answered ${when}`, metResolution: (when: string) => `solved ${when}`, cycle: (n: number) => `round ${n}`, left: (span: string) => `${span} of working time left`, earlier: 'Earlier rounds',
  stretch: { running: 'Runs', paused: 'Pauses', stopped: 'Ends' }, counted: (span: string) => `${span} counted`, now: 'now', dueMark: 'due', hoursMark: 'open hours',
  reason: { opened: 'the ticket was opened', customer_wrote: 'the customer wrote', answered: 'a person answered', answer_failed: 'the answer did not arrive', waiting: 'waiting for the customer', on_hold: 'on hold', work_resumed: 'work went on', solved: 'it was solved', reopened: 'it was opened again', merged: 'it was merged away', merge_undone: 'the merge was undone', spam: 'it was spam', not_spam: 'it was no spam after all', joined: 'it was joined' },
  levels: 'Notices', level: { percent: (value: string) => `at ${value} % of the time`, before: (span: string) => `${span} before`, breach: () => 'when overdue', after: (span: string) => `${span} after` }, to: { assignee: 'assignee', owner: 'owner', team: 'team', lead: 'team lead', supervisors: 'supervisors' }, fired: (when: string) => `told ${when}`, willFire: (when: string) => `will tell ${when}`, withdrawn: 'withdrawn', notYet: 'not reached',
  timeline: (metric: string) => `Time line: ${metric}`, order: 'Order', orders: { newest: 'Newest first', due: 'Soonest due' }, emptyOrder: ['Nothing is due', 'No ticket of this view has a due time.'] as [string, string], toNewest: 'Show newest first',
}

export type DueTexts = typeof dueEn
