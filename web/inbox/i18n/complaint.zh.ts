// 投诉相关的中文文案，键与 complaint.en.ts 相同。 The words of complaints in Chinese.
import type { ComplaintTexts } from './complaint.en'

const count = (n: number, unit: string) => `${new Intl.NumberFormat('zh-CN').format(n)} ${unit}`

export const complaintZh: ComplaintTexts = {
  title: '投诉', loadFailed: '投诉信息加载失败', noneYet: '目前没有投诉。', open: '登记为投诉', opened: (who) => `由${who}登记`, closedMark: '已结案', openMark: '处理中',
  looksLike: (kind) => `看起来是：${kind}`, setKind: (kind) => `设为“${kind}”`, kind: '类型',
  kinds: { inquiry: '咨询', complaint: '投诉', return_exchange: '退换货', repair_warranty: '维修保修' },

  grade: '等级', grades: { i: 'Ⅰ级', ii: 'Ⅱ级', iii: 'Ⅲ级', iv: 'Ⅳ级' }, gradeMeans: { i: '特别严重', ii: '严重', iii: '一般', iv: '轻微' }, suggested: '系统建议', confirmed: '已确认', confirm: '确认', change: '更改…', confirmTitle: '确认或更改等级',
  changed: (from, to) => `${from} → ${to}`, reason: '理由', reasonHint: '以后打开此案的人都会看到。', needReason: '请简要说明理由。', suggestedWas: (grade) => `系统建议为${grade}。`,
  because: '依据', moreReasons: (n) => `还有 ${n} 条依据`, noReasons: '客户的消息里没有发现加重情节。',
  why: {
    safety: '涉及人身安全', health: '涉及健康', counterfeit: '客户称是假货', privacy: '涉及个人信息',
    amount: (money) => `涉及金额 ${money}`, amountWord: (word) => `提到金额：“${word}”`, media: (word) => `提到媒体：“${word}”`, lawyer: (word) => `提到律师：“${word}”`, authority: (word) => `提到监管部门：“${word}”`, legal_words: (word) => `提到法律：“${word}”`,
    word: (what, word) => `${what}：“${word}”`,
    repeated: (n) => `该客户近期已投诉 ${count(n, '次')}`, tier: (tier) => `客户等级：${tier}`, tone: (strength) => `语气负面（${strength}/100）`, topic: (topic) => `主题：${topic}`,
    many_messages: (n) => `连发 ${count(n, '条消息')}未获答复`, waited: (hours) => `已等待 ${count(hours, '小时')}`, matrix: (severity, reach, grade) => `严重性 ${severity}、影响面 ${reach}，对应${grade}`, other: (code) => code,
  },

  ladder: '升级', level: (level, of) => `第 ${level} 级，共 ${of} 级`, mustAnswer: (who) => `须由${who}接手`, roles: { assignee: '处理人', team: '所属团队', supervisor: '主管', administrator: '管理员' },
  take: '我来处理', takenBy: (who) => `${who}已接手`, taken: '你已接手', nextLevel: (who) => `逾期升级至：${who}`, noLadder: '该等级不设升级。', exhausted: '已到最高一级。', inHoursOf: (calendar) => `按“${calendar}”的营业时间计时`, aroundTheClock: '全天候计时', by: '截止',

  category: '分类', categories: { logistics: '物流', quality: '质量', service: '服务', price: '价格', counterfeit: '假货', safety: '安全', privacy: '隐私', refund: '退款', description: '描述不符', promotion: '促销', other: '其他' },
  cause: '原因', causeHint: '出了什么问题，为什么', liable: '责任方', liables: { shop: '本店', supplier: '供应商', carrier: '承运商', platform: '平台', customer: '客户', nobody: '无责任方' },
  remedy: '处理方式', remedies: { refund: '退款', partial_refund: '部分退款', replacement: '换货', repair: '维修', compensation: '赔偿', voucher: '优惠券', apology: '道歉', explanation: '解释说明', none: '不予处理' }, remedyNote: '具体内容', cost: '成本', notSet: '未填', notMoney: '请输入金额，例如 58.00。', currency: '币种',

  authority: '监管部门', authorityHint: '例如 12315 或消费者协会', authorityName: '部门名称', authorityNumber: '对方案号', authorityDue: '答复期限', addAuthority: '登记监管部门案号', authorityOverdue: '对监管部门的答复已逾期',
  checklist: '检查清单', required: '必做', checks: { contact_customer: '联系客户', collect_evidence: '收集证据', check_order: '核对订单', name_cause: '查明原因', agree_remedy: '商定处理方案', stop_sale: '停止销售', inform_management: '上报管理层' }, checkedBy: (who) => `${who}已完成`,
  evidence: '证据', addEvidence: '添加证据', evidenceKinds: { message: '消息', file: '文件', link: '链接', note: '文字' }, evidenceName: '名称', evidenceNote: '说明什么', evidenceUrl: '网址（https://…）', evidenceMessage: '哪条消息', evidenceFile: '哪个文件', noEvidence: '还没有证据。', noFiles: '此工单没有文件。', needName: '请填写名称。', needLink: '请输入以 https:// 开头的网址。', toMessage: '查看消息', messageGone: '此工单已没有这条消息。',
  compensations: '赔付', requestCompensation: '赔付…', compensationKinds: { refund: '退款', compensation: '赔偿', voucher: '优惠券' }, compensationStates: { requested: '待审批', approved: '已批准', refused: '已拒绝', paid: '已支付', withdrawn: '已撤回' }, amount: '金额', approve: '批准', refuse: '拒绝', pay: '标记已支付', withdraw: '撤回', approveTitle: (what) => `批准${what}`, refuseTitle: (what) => `拒绝${what}`, payTitle: (what) => `${what}：已支付`, withdrawTitle: (what) => `撤回${what}`,
  ceiling: (money) => `你可自行批准不超过 ${money}。`, noCeiling: '你可自行批准任意金额。', alwaysAsk: '任何金额都须审批。', willAsk: '超出你的权限，须由有权限的人审批。', willGrant: '在你的权限内，即时生效。', noCompensation: '尚无赔付。', aboveCeiling: '超出权限', requestedBy: (who) => `${who}申请`, decidedBy: (who) => `${who}决定`, requestDone: '已提交，已通知有审批权限的人。', grantDone: '已批准。', save: '提交',

  followUp: '回访', setFollowUp: '安排回访', followUpDue: '时间', followUpNote: '回访内容', followUpDone: '完成…', followUpOutcome: '客户怎么说', followedUp: (when) => `${when}完成`, followUpOverdue: '已到期', needDate: '请选择日期和时间。', needOutcome: '请填写结果。',
  close: '结案', reopen: '重新打开', closeTitle: '结案', closure: '依据', closures: { customer: '客户已确认', supervisor: '主管确认', mistaken: '并非投诉' }, closureNote: '备注', closeBlocked: '尚未完成', blockGrade: '等级尚未确认。', blockChecklist: (n) => `检查清单还有 ${n} 项必做未完成。`, blockCompensation: '有赔付待审批。', needsSupervisor: '你的角色不能以主管身份确认。', closedBy: (who, how) => `${who}结案：${how}`, reopenTitle: '重新打开投诉',
  report: '可打印报告', history: (n) => `变更记录（${n}）`, fields: { grade: '等级', category: '分类', cause: '原因', liable: '责任方', remedy: '处理方式', remedy_note: '处理方式', cost: '成本', checklist: '检查清单', evidence: '证据', authority: '监管部门', follow_up: '回访', taken: '接手', level: '升级', state: '状态', compensation: '赔付' },
  conflict: '有人刚刚改动了此案，现已显示最新内容。',
  activity: {
    case_opened: (who) => `${who}登记了投诉`, grade_suggested: (grade) => `系统建议定为${grade}`, grade_changed: (who, grade) => `${who}将投诉定为${grade}`, case_taken: (who) => `${who}接手了投诉`, case_escalated: (level) => `投诉升级到第 ${level} 级`, case_changed: (who, field) => `${who}更新了投诉：${field}`, case_fell_due: '投诉的一个期限已到', case_closed: (who) => `${who}结案`, case_reopened: (who) => `${who}重新打开了投诉`, compensation: (who, state) => `${who}：赔付${state}`, kind: (who, kind) => `${who}将类型设为${kind}`,
  },
  settings: {
    lead: '每个等级的要求：谁在何时接手、必须完成什么、可以赔付多少。', grades: '等级', ownerLevel: '负责人级别', ownerLevels: { agent: '任意客服', supervisor: '主管', administrator: '管理员' }, checklist: '检查清单', addItem: '添加一项', itemText: '需要完成的事', removeItem: '移除', ladder: '逐级升级', ladderHint: '未按时接手则升级到下一级。', addStep: '添加一级', removeStep: '移除', role: '谁', after: '超过后升级', minutes: '分钟', hours: '计时方式', hoursOf: { business: '按营业时间', always: '全天候' }, followUp: '结案后回访（天）', followUpNone: '不回访', macros: '快捷回复', macrosAll: '可以使用', macrosListed: '仅可使用部分', macrosNone: '不可使用', macrosWhich: '可使用的快捷回复', macrosChoose: '请至少选择一条快捷回复，或设为不可使用。', macrosEmpty: '还没有共享的快捷回复。', ceilings: '各角色可自行批准的金额', ceilingsHint: '留空：不限。0：任何金额都须审批。', roleColumn: '角色', refund: '退款', compensation: '赔偿', badMinutes: '每一级都要填写分钟数。', needItem: '请填写每一项的内容。', summary: (items, steps) => `检查清单 ${count(items, '项')}，升级 ${count(steps, '级')}`,
    grading: '如何定级', amountLarge: '大额', amountHuge: '特大金额', amountsHint: '达到大额即属严重，达到特大金额即属最严重。其他币种按大致汇率比较。', currencyHint: '例如 CNY', repeatDays: '重复投诉', repeatHint: '客户在这些天内的多次投诉视为重复。', days: (n) => count(n, '天'), badDays: '请填写天数。', highTiers: '高等级客户', highTiersHint: '这些等级客户的投诉影响更大，用逗号分隔。', cell: (severity, reach) => `严重性 ${severity}、影响面 ${reach} 的等级`, matrixHint: '已确认的等级不会改变。', matrix: '严重性与影响面对应的等级', severity: '严重性', reach: '影响面', categories: '分类', addCategory: '添加分类', parent: '上级', top: '顶级', archived: '已归档', kinds: '工单类型', addKind: '添加类型', builtIn: '内置', unlimited: '不限',
  },
}
