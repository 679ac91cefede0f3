// A policy as it stands in its form, and what has to be right before it can be tried or saved.
import { w } from '../i18n/dueSettings.svelte'
import { t } from '../i18n/language.svelte'
import { secondsOf, spanOf, type Span } from './span'
import type { Condition, Level, LevelWhen, Metric, Policy, PolicyBody, Recipient } from './types'

export interface LevelForm { metric: Metric; when: LevelWhen; percent: string; span: Span; to: Recipient[] }
export const METRICS: Metric[] = ['first_response', 'next_response', 'resolution']

export class PolicyForm {
  name = $state('')
  conditions = $state<Condition[]>([])
  calendar = $state('')
  targets = $state<Record<Metric, Span>>({ first_response: spanOf(86_400), next_response: spanOf(null), resolution: spanOf(259_200) })
  pauseOnHold = $state(false)
  levels = $state<LevelForm[]>([{ metric: 'first_response', when: 'percent', percent: '80', span: spanOf(1800), to: ['assignee'] }, { metric: 'first_response', when: 'breach', percent: '', span: spanOf(null), to: ['assignee', 'lead'] }])
  notifyIn = $state('')

  constructor(readonly start: Policy | null) {
    if (!start) return
    this.name = start.name
    this.conditions = start.conditions.map((one) => ({ ...one, values: [...one.values] }))
    this.calendar = start.calendar_id ?? ''
    this.targets = { first_response: spanOf(start.first_response_s), next_response: spanOf(start.next_response_s), resolution: spanOf(start.resolution_s) }
    this.pauseOnHold = start.pause_on_hold
    this.levels = start.levels.map((one) => ({ metric: one.metric, when: one.when, percent: one.when === 'percent' ? String(one.value) : '80', span: spanOf(one.when === 'before' || one.when === 'after' ? one.value : 1800), to: [...one.to] }))
    this.notifyIn = start.notify_calendar_id ?? ''
  }

  addLevel(): void {
    this.levels.push({ metric: 'resolution', when: 'after', percent: '80', span: spanOf(3600), to: ['supervisors'] })
  }

  /** The first thing that keeps it from being saved. */
  wrong(): string | null {
    if (!this.name.trim() && !this.start?.is_default) return t.settings.needName
    if (this.conditions.some((one) => one.values.length === 0)) return w.needValues
    if (METRICS.some((metric) => Number.isNaN(secondsOf(this.targets[metric]) ?? 0))) return w.badTarget
    if (this.levels.some((one) => one.to.length === 0)) return w.needWhom
    if (this.levels.some((one) => one.when === 'percent' && !(Number(one.percent) >= 1 && Number(one.percent) <= 99))) return w.badPercent
    if (this.levels.some((one) => (one.when === 'before' || one.when === 'after') && !Number.isInteger(secondsOf(one.span)))) return w.badTarget
    return null
  }

  body(): PolicyBody {
    return {
      name: this.name.trim(), conditions: this.conditions.map((one) => ({ field: one.field, op: one.op, values: [...one.values] })), calendar_id: this.calendar || null,
      first_response_s: secondsOf(this.targets.first_response), next_response_s: secondsOf(this.targets.next_response), resolution_s: secondsOf(this.targets.resolution),
      pause_on_hold: this.pauseOnHold, levels: this.levels.map(levelOf), notify_calendar_id: this.notifyIn || null,
    }
  }
}

function levelOf({ metric, when, percent, span, to }: LevelForm): Level {
  const value = when === 'percent' ? Math.round(Number(percent)) : when === 'breach' ? 0 : (secondsOf(span) ?? 0)
  return { metric, when, value, to: [...to] }
}
