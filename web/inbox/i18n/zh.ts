// 收件箱的全部中文文案，键与 en.ts 相同，由类型系统保证。 Every word of the inbox in Chinese.
import { faultsZh, fieldsZh } from './faults.zh'
import type { Texts } from './en'

const count = (n: number, unit: string) => `${new Intl.NumberFormat('zh-CN').format(n)} ${unit}`

export const zh: Texts = {
  product: '首问',
  faults: faultsZh,
  fields: fieldsZh,
  unknown: '未知',
  none: '无',
  nobody: '无人',
  me: '我',
  close: '关闭',
  cancel: '取消',
  save: '保存',
  saved: '已保存',
  add: '添加',
  edit: '编辑',
  remove: '移除',
  delete: '删除',
  back: '返回',
  more: '更多',
  retry: '重试',
  copy: '复制',
  copied: '已复制',
  undo: '撤销',
  optional: '选填',
  loading: '加载中',
  show: '显示',
  hide: '隐藏',
  search: '搜索',
  nothingFound: '没有找到',
  mark: { comma: '，', list: '、', semicolon: '；', colon: '：', stop: '。', bracketed: (words) => `（${words}）` },
  language: '语言',
  theme: '主题',
  themes: { light: '浅色', dark: '深色', system: '跟随系统' },
  density: '列表密度',
  densities: { roomy: '宽松', tight: '紧凑' },

  channel: { email: '邮件', chat: '在线聊天', phone: '电话' },
  category: { new: '新工单', open: '处理中', waiting: '等待客户', on_hold: '暂缓', solved: '已解决', closed: '已关闭' },
  priority: { low: '低', normal: '普通', high: '高', urgent: '紧急' },
  color: { gray: '灰', red: '红', amber: '琥珀', green: '绿', teal: '青', blue: '蓝', violet: '紫' },
  field: { status: '状态', assignee: '处理人', team: '团队', priority: '优先级', subject: '主题', owner: '首问负责人', customer: '客户', tags: '标签', inbox: '渠道', created: '创建时间', kind: '类型' },
  people: { formerAgent: '已离职客服', system: '系统', customer: '客户', key: 'API 程序', you: '你' },

  error: {
    unreachable: '暂时连不上服务器。你写的内容都在，系统会自动重试。',
    unreachableShort: '未连接',
    notChanged: '网络未连接，没有修改。恢复后请重试。',
    forbidden: '你的角色没有此权限。',
    gone: '内容已不存在，或你已无权查看。',
    tooMany: (seconds) => (seconds ? `尝试次数过多，请 ${seconds} 秒后再试。` : '尝试次数过多，请稍后再试。'),
    tooLarge: '内容太大。',
    unsupported: '不接受这种文件。',
    server: '服务器出错了。你的内容没有丢失，请重试。',
    request: (id) => `请求编号 ${id}`,
  },

  offline: { bar: '网络已断开，可以继续工作：发送的内容会在恢复连接后自动发出。', waiting: (n) => `${count(n, '条消息')}待发送`, back: '已恢复连接' },
  expired: { title: '请重新登录', text: '登录已失效。你写的内容保存在本机。' },

  signIn: {
    title: '登录', email: '邮箱', password: '密码', submit: '登录', forgot: '忘记密码？',
    wrong: '邮箱或密码不正确。', showPassword: '显示密码',
    promise: '首问负责，有问必答。',
  },
  setup: {
    title: '初始化首问', lead: '你将成为第一位管理员。', workspace: '店铺或公司名称', name: '你的姓名', email: '你的邮箱',
    password: '密码', passwordHint: '至少 10 个字符，一句短语最好记。', submit: '创建并登录', token: '初始化代码',
    tokenHint: '服务器启动时写在日志里。', done: '服务器已完成初始化。', toSignIn: '去登录',
  },
  reset: {
    title: '重置密码', lead: '我们会发送一个链接，供你设置新密码。', submit: '发送链接',
    sent: '如果该邮箱有账号，链接已在路上，请尽快使用。', confirmTitle: '设置新密码',
    password: '新密码', confirm: '保存密码', done: '密码已修改，请用新密码登录。', back: '返回登录', broken: '链接已失效，请重新申请。',
  },

  rail: { label: '主导航', inbox: '收件箱', notifications: '通知', call: '登记来电', compose: '新建工单', settings: '设置', account: '我的账号', palette: '命令', me: '菜单', signOut: '退出登录', help: '快捷键', search: '搜索', mail: '邮件' },
  skip: '跳到会话',

  views: {
    label: '视图', mine: '我的', unassigned: '未分配', open: '处理中', waiting: '等待客户', on_hold: '暂缓', solved: '已解决', closed: '已关闭', all: '全部工单', mentions: '提到我的', spam: '垃圾邮件',
    teams: '团队', inboxes: '渠道', tags: '标签', fold: '收起视图', unfold: '展开视图', moreTags: (n) => `还有 ${n} 个`,
  },

  list: {
    label: '工单', loading: '正在加载工单', arrived: (n) => `${n} 条更新`, showArrived: '显示',
    filter: '显示', waiting: (span) => `等待 ${span}`, waitingFor: (span) => `客户已等待 ${span}`, unread: '未读', failed: '未送达', draftMark: '草稿',
    from: '客户来信', to: '已回复', note: '备注', leaving: '已不在此视图', end: '没有更多了', you: '你', refresh: '刷新',
    empty: {
      mine: ['手头没有工单', '到“未分配”里打开一张，按 i 即可领取。'],
      unassigned: ['没有等待分配的工单', '新工单会自动出现在这里。'],
      open: ['没有处理中的工单', '新的邮件、聊天和来电会自动出现在这里。'],
      waiting: ['没有在等客户的工单', '用“发送并等待”回复的工单会停在这里，直到客户再次来信。'],
      on_hold: ['没有暂缓的工单', '等待供应商等第三方的工单会停在这里。'],
      solved: ['还没有解决的工单', '客户再次回复时，已解决的工单会自动重新打开。'],
      closed: ['没有已关闭的工单', '已解决的工单几天后会正式关闭。'],
      all: ['还没有工单', '到“设置 · 渠道”接入邮箱，或把聊天窗口放到店铺页面。'],
      mentions: ['还没有人提到你', '同事在备注里用 @ 提到你时，工单会出现在这里。'],
      spam: ['没有垃圾邮件', '标为垃圾邮件的工单放在这里，可以随时恢复。'],
    },
    toUnassigned: '去看未分配',
    failedToLoad: '列表加载失败',
  },

  ticket: {
    none: '未打开工单', noneHint: '请从列表中选择。', keysHint: ['移动', '打开', '全部命令'],
    number: (n) => `工单 ${n}`, copyNumber: '复制单号', actions: '操作', customer: '客户与工单信息', assignMe: '分配给我', solve: '解决', reopen: '重新打开',
    editSubject: '编辑主题', noSubject: '无主题', unassigned: '未分配', noTeam: '无团队', addTag: '添加标签', failed: '工单加载失败',
    gone: '无法显示此工单', goneHint: '工单不存在，或已移出你的可见范围。', toList: '返回列表',
    viewing: (names) => `${names}也在查看`, typing: (names) => `${names}正在回复`, typingNote: (names) => `${names}正在写备注`,
    visitorOnline: '客户在线', visitorTyping: '客户正在输入…', loading: '正在加载会话', nextOpened: '已打开下一张工单',
  },
  conflict: {
    text: (who, field, value) => `${who}刚刚把${field}改成了“${value}”。`,
    mine: (value) => `仍改为“${value}”`, theirs: '保留现在的',
  },

  stream: {
    label: '会话', earlier: '显示更早的消息', newLine: '新消息', events: (n) => `${n} 项变更`, foldEvents: '收起', down: '到最新', downNew: (n) => count(n, '条新消息'),
    arrived: (who) => `${who}发来新消息`, solvedBelow: '',
  },
  message: {
    quote: '引用内容', showQuote: '显示引用内容', hideQuote: '隐藏引用内容', remote: '加载远程图片', remoteHint: '由系统代为获取，发件人不会知道谁看过。', bcc: '密送', signature: '签名', link: (when) => `以链接发送，至 ${when}`, original: '显示原样', plain: '显示文本', details: '详情', raw: '原始邮件', from: '发件人', to: '收件人', cc: '抄送', subject: '主题',
    joined: '归入本工单的原因', note: '备注', automatic: '自动', notSeenByCustomer: '仅客服可见', viaApi: '通过 API',
    delivery: { none: '', queued: '等待发出', sending: '发送中', sent: '已发送', delayed: '延迟', failed: '未送达', uncertain: '可能已送达' },
    seen: '已读', frame: (who) => `${who}的邮件`, attachment: (name, size) => `${name}，${size}`, download: '下载',
    failedText: '这条消息没有送达客户。', failedFor: (who) => `没有送达 ${who}。`, failedDo: '请核对原因和地址后重新发送。', again: '重新发送',
    uncertainText: '投递过程中连接中断，对方可能已经收到。', uncertainDo: '重发之前，请先向客户确认或查看邮箱。', settleSent: '标为已发送', settleFailed: '标为未送达',
    recipients: (n) => `${n} 位收件人`,
    noReply: '无需回复', noReplyHint: '不回复也不会算作超时。', needsReply: '仍需回复',
    joinedBecause: { recipient_token: '收件地址带有工单标记', reply_token: '回复了我们的邮件', message_id: '回复了我们的邮件', in_reply_to: '回复了本工单的邮件', references: '属于同一邮件会话', subject: '主题中有单号', subject_number: '主题中有单号', quote_token: '引用内容中有工单标记', new: '由它开启了工单' },
  },
  why: {
    label: '为何在此？',
    sign: {
      new: () => '由它开启了本工单。', reply_token: (what) => `它寄往${what}的专用回复地址。`, in_reply_to: (what) => `它的 In-Reply-To 指向${what}。`, references: (what) => `它的 References 指向${what}。`,
      subject_number: () => '它的主题中有本工单的单号。', marker: (what) => `它引用的内容带有${what}的标记。`, same_sender: () => '同一发件人不久前用同一主题来过信。', person: () => '由同事放在这里。',
    },
    ours: (when) => `我们${when}的消息`, theirs: (when) => `客户${when}的邮件`, thread: '本工单的消息',
    merged: (number) => `它指向 #${number}，该工单已并入本工单。`, newTopic: '它的主题与本工单不同。', followUp: (number) => `它接续已关闭的 #${number}。`,
    similar: { other_team: (number) => `同一封邮件也到了另一个团队：#${number}。`, not_a_participant: (number) => `像是 #${number} 的邮件，但发件人与该工单无关。`, from_failed: (number) => `像是 #${number} 的邮件，但发件人很可能是冒充的。`, other: (number) => `像是 #${number} 的邮件。` },
    anotherMatter: '另一件事', belongsTo: (number) => `属于 #${number}`, elsewhere: '属于其他工单…',
  },
  trust: {
    verified: '发件域名确认属实', failed: '发件人很可能是冒充的', failedHint: '发件域名的校验未通过。请谨慎对待其中的链接、附件和付款要求。', unverified: '发件人未经确认', sender: '发件人',
    by: { us: '本系统校验', upstream: '由我们的邮件服务器校验' }, outcome: { pass: '通过', fail: '未通过', soft_fail: '软失败', neutral: '中立', none: '无', temp_error: '无应答', perm_error: '设置有误' },
  },
  alarm: {
    label: '告警', mailbox_silent: (inbox) => `已有一段时间收取不到“${inbox}”的邮件，客户来信可能无人看到。`, token_refused: (inbox) => `“${inbox}”已断开：服务商收回了登录授权。`, sending_refused: (inbox) => `“${inbox}”的发信服务器拒绝发信，答复正在等待处理。`, mail_loop: (inbox) => `“${inbox}”出现邮件循环，已被拦下。`,
    since: (when) => `自 ${when}`, openInbox: '打开渠道', openMail: '查看邮件', seen: '我已处理', more: (n) => `另有 ${n} 条告警`, anInbox: '某渠道',
  },
  bounce: {
    no_such_address: ['该地址不存在。', '请通过电话或在线聊天向客户核对。'], mailbox_full: ['客户的邮箱已满。', '请稍后重试，或换一种方式联系。'], mailbox_disabled: ['客户的邮箱已停用。', '请询问其他地址。'],
    domain_unknown: ['@ 之后的域名不存在。', '请检查是否拼写有误。'], unreachable: ['连不上客户的邮件服务器。', '请稍后重试。'], too_large: ['邮件超过了客户服务器的大小限制。', '请缩小附件后重新发送。'],
    rejected_as_spam: ['客户的服务器把它当作垃圾邮件。', '请减少链接后重写，或致电客户。'], refused_by_policy: ['客户的服务器不接收这封邮件。', '请告知管理员，并换一种方式联系。'], sender_not_authenticated: ['客户的服务器不信任我们的域名。', '管理员可在“设置 · 邮件域名”中检测。'],
    too_many: ['我们发往该服务器的邮件过多。', '请一小时后重试。'], content_refused: ['客户的服务器拒收附件或内容。', '请去掉附件后重新发送。'], expired: ['连续数日连不上客户的服务器。', '请换一种方式联系。'], other: ['客户的服务器拒收。', '对方的答复见下。'],
  },
  delayed: (who) => `延迟：正在自动重试投递给 ${who}`, undeliverable: (reason) => `寄往此地址的邮件会被退回。${reason}`,
  move: {
    menu: '更多', split: (number) => `已另立工单 #${number}`, merged: (from, to) => `#${from} 已并入 #${to}`, moved: (number) => `已移到 #${number}`, apart: (number) => `#${number} 已恢复为独立工单`, back: '已移回', open: (number) => `打开 #${number}`,
    title: '并入其他工单', hint: '全部内容移到该工单，后续回复也归入其中。可以撤销。', messageTitle: '这封邮件属于哪张工单？', messageHint: '邮件移到该工单，对它的回复也归入其中。', find: '单号、主题或客户', others: '该客户的其他工单', none: '没有找到工单', merge: '合并',
    mergedInto: (number) => `本工单已并入 #${number}。`, undoMerge: '撤销合并', followed: (from, to) => `#${from} 已并入 #${to}，现在显示的是后者`, followUpOf: (number) => `#${number} 的后续工单`,
    isSpam: '本工单是垃圾邮件，不在其他视图中显示。', notSpam: '不是垃圾邮件', markedSpam: (number) => `#${number} 已标为垃圾邮件`, spam: '垃圾邮件', spamHint: '只在“垃圾邮件”视图中显示', spamBlock: '垃圾邮件，并屏蔽发件人', spamBlockHint: '此后其邮件在“邮件”页面等待处理',
  },
  scheduled: {
    leaves: (seconds) => `${seconds} 秒后发出`, leaving: '正在发出…', goes: (when) => `${when} 发出`, unless: '如客户先来信则取消', sendNow: '立即发送', edit: '修改', putOff: '改时间', discard: '丢弃', sendAnyway: '仍然发送', tooLate: '已经发出。',
    cancelled: { macro_forbidden: '未发送：此投诉的等级已不允许使用其中的快捷回复。', customer_wrote: '未发送：客户先来信了。', closed: '未发送：工单已关闭。', no_inbox: '未发送：其渠道已无法发信。', no_recipient: '未发送：已没有收件人。', gone: '未发送：工单已不存在。', restored: '未自动发送：系统恢复时已过发送时间，此前可能已发出。请核实后再发送。', refused: '未发送：到时被系统拒绝。' },
    later: '定时发送', times: { hour: '一小时后', evening: '今晚', tomorrow: '明天上午', monday: '周一' }, own: '其他时间', cancelIf: '如客户先来信则取消', set: '定时', past: '请选择将来的时间。',
  },
  outgoing: {
    sending: '发送中…', queued: '等待网络恢复', failed: '未发送', macroForbidden: '此投诉的等级不允许使用其中的快捷回复。请改用自己的话回复。', refused: '未发送：有新消息先到了',
    undo: '撤销', edit: '修改', discard: '丢弃', retry: '重试', anyway: '仍然发送', undone: '未发送，内容已放回编辑框。', discarded: '已丢弃',
    sentTo: (number) => `对 #${number} 的回复即将发出`, notSent: (number) => `对 #${number} 的回复未发送：有新消息先到了。`, failedNotice: (number) => `对 #${number} 的回复未能发送。`, open: '打开',
  },
  call: {
    incoming: '呼入', outgoing: '呼出', outcome: { answered: '已接通', no_answer: '无人接听', busy: '占线', voicemail: '语音留言', call_back: '要求回电' },
    length: '通话时长', followUp: (when) => `${when}跟进`, number: '号码', ringing: '正在响铃', answered: '通话中', unknownCaller: '未知来电', openTickets: (n) => `${n} 张未解决工单`, noOpenTickets: '没有未解决工单',
    take: '登记此来电', dismiss: '忽略', cardLabel: '正在响铃的来电',
    form: '登记通话', direction: '方向', in: '客户来电', out: '我方去电', numberPlaceholder: '138 0013 8000', said: '通话内容', saidHint: '客户的诉求，以及你的承诺。', result: '结果', minutes: '时长（分钟）',
    due: '跟进', dueChoices: { none: '不需要', hour: '1 小时后', afternoon: '今天 17:00', tomorrow: '明天 9:00', week: '一周后', own: '其他…' }, ticket: '工单', newTicket: '新工单', joins: '并入', solved: '通话中已解决', callerName: '来电人姓名', inbox: '线路',
    save: '保存通话', saved: (number) => `通话已保存为 #${number}`, lookup: '查询中…', known: '客户', manyKnown: '是哪位客户？', notKnown: '系统中没有此号码，将新建客户。', someoneElse: '另一位客户', noLine: '还没有电话渠道，请管理员在“设置 · 渠道”中添加。',
    needText: '请填写通话内容。', needNumber: '请填写号码。',
  },

  composer: {
    label: '编辑框', reply: '回复', note: '备注', theCustomer: '客户', replyTo: (name) => `回复${name}…`, notePlaceholder: '备注仅同事可见，输入 @ 提到某人。', via: '通过', to: '收件人', cc: '抄送', addCc: '抄送', addRecipient: '添加地址',
    bcc: '密送', addBcc: '密送', warnDomain: (domains) => `本工单中首次出现：${domains}。是正确的公司吗？`, warnMany: (n) => `将有 ${n} 人收到，确定都要发吗？`, warnFormer: (who) => `${who} 曾被抄送，但不在你回复的邮件中。`, signature: '签名', signatureHint: '发出时附在文末', asLink: (days) => `以链接发送，${days} 天有效`, answerThis: '回复这封邮件', answering: (who) => `正在回复${who}的邮件`,
    notAddress: '地址不完整', removeRecipient: (address) => `移除 ${address}`, attach: '添加附件', macros: '快捷回复', drop: '松开即可上传', remove: (name) => `移除 ${name}`, uploadFailed: '上传失败', uploading: '上传中…',
    send: '发送', sendNote: '添加备注', sendAnd: '发送并…', sendWait: '发送并等待', sendSolve: '发送并解决', addAnd: (status) => `添加备注并设为${status}`, sendSet: (status) => `发送并设为${status}`,
    draft: { nothing: '', changed: '', saving: '保存中…', saved: '草稿已保存', local: '草稿保存在本机' }, noRecipient: '请先添加收件人。', cannotReply: '你的角色没有回复权限。', phoneOnly: '该客户没有邮箱或在线聊天，请致电后登记通话。',
    newArrived: (n) => `你书写期间收到 ${count(n, '条新消息')}`, seen: '我已看到', sendAnyway: '仍然发送', keepEditing: '继续编辑', mentionLabel: '提到同事', uploadsFirst: '请等待附件上传完成。', manyRecipients: (n) => `${n} 位收件人`, outside: '本工单中无人用过此地址',
    closed: '工单已关闭，回复会开启后续工单。',
  },
  compose: { title: '新建工单', inbox: '发件渠道', to: '收件人', name: '客户姓名', subject: '主题', text: '正文', send: '发送', note: '只建单，不发送', noInbox: '还没有邮件渠道，请管理员在“设置 · 渠道”中添加。', sent: (number) => `已建单 #${number}`, needSubject: '请填写主题。', needText: '请填写正文。', needTo: '请填写收件人。' },

  customer: {
    label: '客户与工单信息', identities: '联系方式', addIdentity: '添加邮箱、电话或商城编号', identityKind: { email: '邮箱', phone: '电话', visitor: '聊天访客', external: '商城客户编号' }, verified: { claimed: '客户自称，未经验证', proved: '已验证', agent: '客服已确认' },
    notes: '客户备注', notesPlaceholder: '大家都应该知道的事', since: (when) => `${when}成为客户`, lastContact: (when) => `上次联系：${when}`, firstContact: '首次联系', case: '工单信息', others: '其他工单', noOthers: '没有其他工单', tier: '等级', noTier: '无等级', name: '姓名', unnamed: '未具名客户', rename: '修改姓名', removeIdentity: (value) => `移除 ${value}`, locale: '语言', visitorShort: '聊天访客',
  },

  activity: {
    opened: (who) => `${who}创建了工单`, status: (who, to, reason) => `${who}将状态设为${to}${reason ? `：${reason}` : ''}`, assigned: (who, to) => `${who}分配给${to}`, took: (who) => `${who}领取了工单`, unassigned: (who) => `${who}取消了处理人`,
    team: (who, to) => `${who}转到${to}`, noTeam: (who) => `${who}移出了团队`, priority: (who, to) => `${who}将优先级设为${to}`, subject: (who) => `${who}修改了主题`, owner: (who, to) => `${who}将首问负责人设为${to}`, ownerSelf: (who) => `${who}成为首问负责人`,
    noOwner: (who) => `${who}取消了首问负责人`, customer: (who) => `${who}更换了客户`, tagAdded: (who, tag) => `${who}添加标签 ${tag}`, tagRemoved: (who, tag) => `${who}移除标签 ${tag}`, callEnded: (who) => `${who}结束了通话`, reopened: (who) => `${who}重新打开了工单`, merged: (who, n) => `${who}将其并入 #${n}`, mergedIn: (who, n) => `${who}将 #${n} 并入`, mergeUndone: (who, n) => `${who}将 #${n} 移出`, mergeLeft: (who, n) => `${who}撤销了并入 #${n}`, splitOff: (who, n) => `${who}将部分内容另立为 #${n}`, splitFrom: (who, n) => `${who}从 #${n} 中拆出本工单`, spam: (who) => `${who}标为垃圾邮件`, notSpam: (who) => `${who}确认不是垃圾邮件`, other: (who, kind) => `${who}：${kind}`, deletedTag: '已删除的标签',
  },

  pausing: {
    title: (status) => `为什么设为“${status}”？`, label: '原因', save: '设置状态', waits: (since) => `客户自 ${since} 起一直在等待答复。此次搁置会显示给主管。`,
    usual: ['等待供应商回复', '等待物流公司', '等待到货', '同事正在核实', '已与客户电话约定'],
  },

  notifications: {
    title: '通知', none: '没有新通知', noneHint: '被提到、被分配或消息未送达时，会显示在这里。', readAll: '全部标为已读', unread: '未读', failed: '通知加载失败',
    kind: { mention: (who) => `${who}提到了你`, assigned: (who) => `${who}分配给了你`, owner_contact: () => '你负责的客户又来了', delivery_failed: () => '有回复未送达', follow_up_due: () => '该跟进了', schedule_cancelled: () => '定时回复未发送' }, someone: '有人',
  },

  find: { label: '搜索', placeholder: '单号、电话、邮箱、姓名或主题', tickets: '工单', customers: '客户', nothing: (words) => `没有找到“${words}”`, hint: '输入单号，或电话、邮箱、姓名、主题的开头。', failed: '搜索失败' },

  palette: { label: '命令', placeholder: '想做什么？可输入拼音首字母', nothing: '没有这个命令' },
  help: { title: '快捷键', hint: '输入文字或使用输入法时，快捷键不会触发。', then: '然后' },
  group: { go: '跳转', list: '列表', ticket: '工单', write: '书写', app: '应用' },
  action: {
    palette: '打开命令面板', help: '查看快捷键', search: '搜索', call: '登记通话', compose: '新建工单', next: '下一张工单', previous: '上一张工单', open: '打开工单', back: '返回', refresh: '刷新列表', merge: '显示新到工单',
    reply: '回复', note: '写备注', send: '发送', sendNext: '发送并打开下一张', sendWait: '发送并等待客户', sendSolve: '发送并解决', sendLater: '定时发送…', noReply: '无需回复', assign: '分配给…', assignMe: '分配给我', team: '转到团队…', status: '设置状态…', priority: '设置优先级…', tags: '修改标签…', solve: '解决', subject: '编辑主题', copyNumber: '复制单号', attach: '添加附件', macro: '插入快捷回复…',
    goMine: '前往我的', goUnassigned: '前往未分配', goOpen: '前往处理中', goWaiting: '前往等待客户', goHold: '前往暂缓', goSolved: '前往已解决', goAll: '前往全部工单', mergeInto: '并入其他工单…', spam: '标为垃圾邮件…', notSpam: '不是垃圾邮件', goSpam: '前往垃圾邮件', goMail: '前往邮件', goMentions: '前往提到我的', goNotifications: '前往通知', goSettings: '前往设置',
    order: '切换最新或最先到期', kind: '设置类型…', why: '为什么是这个时限', whyMe: '为什么分给此人', offer: '移交首问负责…', take: '接手投诉', grade: '确认或更改等级…', compensate: '申请赔付…', evidence: '添加证据…', closeCase: '投诉结案…', caseReport: '打开投诉报告', goBoard: '前往看板', presenceOnline: '我在线', presenceAway: '我离开', presenceHandBack: '我离开并退回工单',
    themeLight: '浅色主题', themeDark: '深色主题', themeSystem: '主题跟随系统', languageEnglish: '英文 (English)', languageChinese: '中文', density: '切换列表密度', views: '展开或收起视图', customer: '展开或收起客户信息', signOut: '退出登录', ringing: '登记正在响铃的来电',
  },

  settings: {
    title: '设置', sections: { account: '我的账号', inboxes: '渠道', domains: '邮件域名', agents: '客服', teams: '团队', roles: '角色', tags: '标签', statuses: '状态', keys: 'API 密钥', webhooks: 'Webhook', sla: '时限', calendars: '营业时间', complaints: '投诉', assignment: '分配', macros: '快捷回复' }, personal: '个人', workspace: '工作区',
    loadFailed: '加载失败', denied: '你的角色没有此项权限', deniedHint: '管理员可在“设置 · 角色”中调整。', nothingHere: '还没有内容', confirmDelete: (name) => `删除“${name}”？`, confirmDeleteHint: '此操作无法撤销。', name: '名称', active: '启用', inactive: '停用', create: '创建', needName: '请填写名称。', language: '语言',
    unsaved: '放弃修改？', discard: '放弃',
  },
}
