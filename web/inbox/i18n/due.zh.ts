// 时限相关的中文文案，键与 due.en.ts 相同。 The words of due times in Chinese.
import type { DueTexts } from './due.en'

export const dueZh: DueTexts = {
  metric: { first_response: '首次响应', next_response: '后续响应', resolution: '解决' },
  over: (span) => `超时${span}`, says: { running: (metric, span) => `${metric}：剩余${span}`, warning: (metric, span) => `${metric}：即将到期，剩余${span}`, breached: (metric, span) => `${metric}：已超时${span}`, paused: (metric, span) => `${metric}：已暂停，剩余${span}` },
  why: '为什么是这个时限？', whyShort: '为什么？', loadFailed: '时限说明加载失败', none: '没有时限。', label: '时限',
  policy: '规则', usual: '通用时限', version: (n) => `第 ${n} 版`, noPolicy: '没有适用的规则。', noSla: '该规则不设时限。', everyTicket: '前面的规则都不适用时，适用此规则。', because: '适用原因', passedOver: '未适用', facts: '判断依据',
  field: { channel: '渠道', inbox: '收件渠道', grade: '投诉等级', priority: '优先级', tier: '客户等级', tag: '标签', language: '语言' }, is: (field, values) => `${field}为${values}`, isNot: (field, values) => `${field}不为${values}`, or: '或', but: (actual) => `实际为${actual}`, nothing: '无',
  calendar: (name) => `按“${name}”的营业时间`, always: '全天候计时', zone: (zone) => `时区：${zone}`, target: (span) => `${span}以内`,
  verdict: { running: '计时中', warning: '即将到期', paused: '已暂停', met: '达标', late: '超时完成', breached: '已超时', stopped: '已停止' }, due: (when) => `${when}到期`, metAt: (when) => `${when}答复`, metResolution: (when) => `${when}解决`, cycle: (n) => `第 ${n} 轮`, left: (span) => `剩余营业时间${span}`, earlier: '之前的轮次',
  stretch: { running: '计时', paused: '暂停', stopped: '结束' }, counted: (span) => `计入${span}`, now: '现在', dueMark: '到期', hoursMark: '营业时间',
  reason: { opened: '工单创建', customer_wrote: '客户来信', answered: '人工已答复', answer_failed: '答复未送达', waiting: '等待客户', on_hold: '暂缓', work_resumed: '继续处理', solved: '已解决', reopened: '重新打开', merged: '已被合并', merge_undone: '撤销合并', spam: '标为垃圾', not_spam: '并非垃圾', joined: '并入' },
  levels: '提醒', level: { percent: (value) => `用时达 ${value}%`, before: (span) => `到期前${span}`, breach: () => '超时', after: (span) => `超时后${span}` }, to: { assignee: '处理人', owner: '首问负责人', team: '团队', lead: '团队负责人', supervisors: '主管' }, fired: (when) => `${when}已提醒`, willFire: (when) => `${when}将提醒`, withdrawn: '已撤回', notYet: '未到',
  timeline: (metric) => `时间线：${metric}`, order: '排序', orders: { newest: '最新在前', due: '最先到期' }, emptyOrder: ['没有到期的工单', '此视图中没有设时限的工单。'], toNewest: '按最新排序',
}
