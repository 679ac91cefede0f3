// 在线状态、首问负责、分配与看板的中文文案，键与 routing.en.ts 相同。 The words of assignment in Chinese.
import type { RoutingTexts } from './routing.en'

const count = (n: number, unit: string) => `${new Intl.NumberFormat('zh-CN').format(n)} ${unit}`

export const routingZh: RoutingTexts = {
  presence: '状态', presences: { online: '在线', away: '离开', away_and_reassign: '离开并退回工单', offline: '离线' }, presenceShort: { online: '在线', away: '离开', away_and_reassign: '已退回', offline: '离线' }, presenceHint: { online: '会分到工单。', away: '保留手上工单，不分新单。', away_and_reassign: '未解决的工单退回团队，首问负责人不变。', offline: '不分工单。' },
  automatic: '系统设置', offShift: '不在班', onShift: '在班', until: (when) => `至 ${when}`, load: (load, capacity) => `负荷 ${load}/${capacity}`, setTo: (what) => `当前状态：${what}`,

  owner: '首问负责人', ownerHint: '最先被问到的人，负责到问题解决', assigneeHint: '目前处理的人', you: '你', offer: '移交首问负责…', offerTo: '移交给', offerNote: '原因或需要知道的事', offered: (who) => `已请${who}接手`, offeredYou: (who) => `${who}请你接任首问负责人`, accept: '接受', refuse: '拒绝', withdraw: '撤回', offerSent: (who) => `已请${who}接手，对方接受前仍由你负责。`, accepted: '你现在是首问负责人。', refused: '已拒绝，负责人不变。', withdrawn: '已撤回', setOwner: '指定负责人…', offersTitle: '请你接任首问负责人', needAgent: '请选择人员。', dedicated: '专属客服', dedicatedShort: '专属客服', tierAgent: (who) => `${who}（按客户等级）`, care: { noTier: '无等级', unranked: '不在等级设置中' },

  why: '为什么分给我？', whyOther: (who) => `为什么分给${who}？`, whyNobody: '为什么还没有分配？', loadFailed: '分配说明加载失败',
  how: { routed: (who) => `系统分配给${who}`, person: (who) => `${who}指派`, answered: (who) => `${who}首先答复并接手`, handed_over: () => '由离职人员移交', released: () => '已退回团队', nobody: () => '尚未分配' }, handedOverTo: (who) => `已移交给${who}`, reasons: '原因', passedOver: '其他人', facts: (channel, weight) => `${channel}，权重 ${weight}`, waited: (when) => `自 ${when} 起等待`, decidedAt: (when) => `${when}决定`, manual: '该团队的工单由人工分配。',
  reason: {
    owner: () => '是首问负责人，且在班', dedicated: () => '是该客户的专属客服', tier_agent: () => '是该等级客户的专属客服', only_one: () => '是唯一能接的人', least_loaded: (load, capacity) => `负荷最低（${load}/${capacity}）`, longest_idle: (since) => `等单最久${since ? `，自 ${since}` : ''}`, first_by_id: () => '同等条件下排在最前', has_skill: (skill) => `具备技能“${skill}”`, speaks: (language) => `会说${language}`, nobody_speaks: (language) => `空闲的人都不会${language}，分给空闲者`, nobody_is_free: () => '没有人空闲', nobody_in_team: () => '团队没有成员',
    deactivated: () => '已停用', offline: () => '离线', away: () => '离开', away_and_reassign: () => '离开并退回工单', off_shift: () => '不在班', full: (load, capacity) => `已满（${load}/${capacity}）`, too_heavy: (weight, capacity) => `接不了权重 ${weight} 的工单（容量 ${capacity}）`, lacks_skill: (skill) => `缺少技能“${skill}”`, does_not_speak: (language) => `不会${language}`, not_in_team: () => '不在该团队', cannot_see: () => '无权查看', kept_for_older: () => '为等得更久、更重的工单预留', busier: (load, capacity) => `负荷更高（${load}/${capacity}）`, idle_for_less: (since) => `较近才分到工单${since ? `（${since}）` : ''}`, later_by_id: () => '同等条件下排在后面', other: (code) => code,
  },
  lostSkill: '已删除的技能',

  board: {
    title: '看板', go: '前往看板', loadFailed: '看板加载失败', denied: '你的角色没有看板权限', live: '实时', stale: (when) => `${when}的数据，连接已断开`, due: '按剩余时间统计', waiting: '按等待时间统计', buckets: { overdue: '已超时', within_15m: '15 分钟内', within_1h: '1 小时内', within_4h: '4 小时内', within_24h: '24 小时内', later: '更晚', no_clock: '无时限' },
    waitedBuckets: { overdue: '超过一天', within_15m: '15 分钟内', within_1h: '1 小时内', within_4h: '4 小时内', within_24h: '24 小时内', later: '更久', no_clock: '未在等待' }, queue: '待分配', queueHint: '等待客服', oldest: (span) => `最久已等${span}`, none: '无', longest: '最长等待', nobodyWaits: '没有人在等', agents: '客服', available: (n, of) => `${of} 人中 ${n} 人可接单`, teams: '团队', team: '团队', noTeam: '无团队', takes: '可接单', loadColumn: '负荷', auto: '自动分配', byHand: '人工分配', agent: '客服', state: '状态', since: '起始', tickets: '工单', trend: (n) => (n > 0 ? `比趋势起点多 ${n}` : n < 0 ? `比趋势起点少 ${-n}` : '与趋势起点持平'), trendSpan: '近一小时', open: (n) => count(n, '张工单'), pauses: '客户等待期间被搁置', pausesHint: '客户已提问且无人答复，却停止了计时的工单。', noPauses: '没有客户在等待时被搁置。', ticket: '工单', why: '原因', by: '操作人', waitedSince: '等待始于', rested: '搁置', still: '仍在搁置', noReason: '未说明原因', noAgents: '还没有客服', noTeams: '还没有团队', full: '已满', empty: '目前没有未解决的工单。客户来信后会显示在这里。',
  },

  settings: {
    section: '分配', lead: '谁接什么工单，同时接多少。', skills: '技能', addSkill: '添加技能', noSkills: '还没有技能', tiers: '客户等级', addTier: '添加等级', noTiers: '还没有等级', rank: '级别', rankHint: '级别高的排在前面。', dedicatedAgent: '专属客服', nobody: '无',
    teams: '团队', auto: '自动分配', autoHint: '新工单分给在线、在班且负荷最低的人。', teamless: '没有团队的工单', teamlessHint: '分给能看到它们、在线、在班且负荷最低的人。', weights: '工单权重', matchLanguage: '优先分给会客户语言的人', release: '下班时工单退回团队', needs: '所需技能', addNeed: '添加要求', need: (skill, when) => `${skill}：${when}`, always: '所有工单', when: '条件', any: '任意',
    agents: '客服', capacity: '容量', capacityHint: '一名客服同时可承担的权重之和。', languages: '语言', languagesHint: '语言代码，如 zh、en、ja，用逗号分隔。', shift: '班次', hasShift: '按班次工作', zone: '时区', days: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'], addInterval: '添加时段', noShift: '没有班次时，仅看在线状态。', badLanguages: '请输入两到三个字母的代码，例如 zh 或 en。', summary: (capacity, skills) => `容量 ${capacity}，${count(skills, '项技能')}`,
  },
  activity: { offered: (who, to) => `${who}请${to}接任首问负责人`, settled: { accepted: (who) => `${who}接任首问负责人`, refused: (who) => `${who}拒绝接任首问负责人`, withdrawn: (who) => `${who}撤回了移交`, overtaken: () => '移交已失效' }, routed: (who) => `自动分配给${who}`, released: '已退回团队', clockWarning: (metric) => `${metric}即将到期`, clockBreach: (metric) => `${metric}已超时`, clockLevel: (metric) => `${metric}严重超时`, clockWithdrawn: (metric) => `${metric}：提醒已撤回`, policy: '时限规则已变更' },
  notice: { sla_warning: '有工单即将到期', sla_breach: '有工单已超时', sla_level: '有工单严重超时', case_escalated: '一宗投诉升级到你这里', compensation_requested: '有赔付待你审批', compensation_decided: '你的赔付申请已有结果', authority_due: '须答复监管部门', case_follow_up: '回访到期', owner_offered: (who) => `${who}请你接任首问负责人`, owner_accepted: (who) => `${who}已接任首问负责人`, owner_refused: (who) => `${who}拒绝接任首问负责人`, owner_changed: (who) => `${who}指定你为首问负责人` },
}
