// 设置页面的中文文案，随页面加载。 The words of the settings in Chinese, loaded with them.
import type { SettingsTexts } from './settings.en'

const count = (n: number, unit: string) => `${new Intl.NumberFormat('zh-CN').format(n)} ${unit}`

export const settingsZh: SettingsTexts = {
  account: {
    lead: '同事和客户看到的你，以及登录方式。', name: '你的姓名', nameHint: '客户会在你的回复下看到。', password: '密码', current: '当前密码', next: '新密码', change: '修改密码', changed: '密码已修改，其他设备已退出登录。',
    wrongCurrent: '当前密码不正确。', sessions: '登录中的设备', thisOne: '本机', lastSeen: (when) => `${when}活动`, everywhere: '全部退出登录', everywhereHint: '包括本机。', appearance: '外观', profile: '个人资料', unknownDevice: '未知设备',
  },
  inboxes: {
    lead: '客户联系你的邮箱、聊天窗口和电话线路。', add: '添加渠道', addEmail: '邮件', addEmailHint: '例如 help@shop.example', addChat: '在线聊天', addChatHint: '店铺页面上的聊天窗口', addPhone: '电话', addPhoneHint: '由客服登记的通话', empty: '还没有渠道', emptyHint: '先接入客户正在使用的邮箱。',
    address: '地址', team: '归属团队', sender: '发件人名称', senderHint: '客户在地址旁看到的名称。', signature: '签名', signatureHint: '附在每封回复之后。', smtp: '发信 (SMTP)', imap: '收信 (IMAP)', useSmtp: '通过此服务器发信', useImap: '从此服务器收信', presets: '服务商', otherPreset: '其他', useImapHint: '如邮件直接投递到首问，则不必开启。', host: '服务器', port: '端口', security: '加密',
    securities: { tls: 'TLS', starttls: 'STARTTLS', none: '不加密（不安全）' }, username: '用户名', password: '密码', passwordKept: '已设置，留空则不变。', folder: '文件夹', test: '测试连接', testing: '测试中…', testOf: { smtp: '发信', imap: '收信', receive: '接收' }, testFailed: '测试未能完成。', saveFirst: '请先保存再测试。',
    code: { ok: '正常。', dns: '找不到该服务器，请检查拼写。', refused: '该端口没有应答，请检查服务器和端口。', tls: '无法建立安全连接，请检查加密方式和端口。', auth: '用户名或密码被拒绝。', sender: '服务器不允许用此地址发信。', folder: '邮箱中没有此文件夹。', timeout: '服务器没有及时应答，可能被防火墙拦截。', protocol: '服务器的应答不符合预期。', not_configured: '未设置。', no_starttls: '服务器不支持加密 (STARTTLS)。', authentication: '用户名或密码被拒绝。', folder_missing: '邮箱中没有此文件夹。', broken_off: '服务器中断了连接。', intake: '收取的内容无法保存。', invalid_grant: '服务商收回了登录授权。', token_refused: '服务商收回了登录授权，请重新连接邮箱。', token_endpoint: '服务商暂时没有应答。', secret: '本服务器的密钥无法读取已保存的密码，请重新填写。' },
    script: '网页代码', scriptHint: '放在店铺每个页面的 </body> 之前。', color: '颜色', chatTitle: '标题', greeting: '欢迎语', origins: '允许的网站', originsHint: '每行一个，如 https://shop.example。留空则不限。', askEmail: '询问邮箱地址', line: '号码', activeHint: '停用的渠道不收也不发。', scriptAfter: '保存后在此显示代码。', preview: '预览',
  },
  connect: {
    title: '登录方式', providers: { google: 'Google', microsoft: 'Microsoft 365' }, hint: '无需密码：在服务商处登录后，系统以你的名义收发邮件。', notConfigured: '本服务器尚未设置（见运维手册）。', username: '在该服务商的邮箱地址', connect: (name) => `连接 ${name}`, connected: (name) => `已连接 ${name}`, failed: '登录被拒绝，请重新连接。', disconnect: '断开', confirm: '断开此邮箱？之后将不再收发其邮件。',
    came: { connected: '邮箱已连接。', denied: '登录被拒绝或取消，没有任何更改。', failed: '邮箱未能连接，请重试。' },
    backfill: '收取旧邮件', backfillHint: '旧邮件成为已关闭的工单，不会自动回复，也不计时限。', since: '起始日期', start: '收取', stop: '停止', progress: { waiting: '等待开始', running: '收取中…', done: '已完成', failed: '因错误停止' }, counted: (kept, passed) => (passed ? `已收入 ${kept} 封，略过 ${passed} 封` : `已收入 ${kept} 封`),
    states: { well: '收信正常', failing: '刚刚收信失败', alarm: '持续收信失败', never: '尚未收信' }, checked: (when) => `上次收信：${when}`,
  },
  domains: {
    lead: '让邮件顺利送达，外界需要知道的域名信息。', empty: '还没有邮件域名', emptyHint: '每个邮件渠道的域名会出现在这里。', check: '检测 DNS', checking: '检测中…', failed: '检测未能完成。', dkim: '签名 (DKIM)', noKey: '此域名的邮件没有签名。', make: '生成密钥', paste: '使用已有密钥', pem: '私钥 (PEM)', selector: '选择器', remove: '移除密钥', makeNext: '生成下一个密钥', signWith: '改用此密钥签名', keyState: { next: '等待发布记录', signs: '正在签名', retired: '不再签名，其记录请再保留几天' }, confirmRemove: '移除密钥？之后的邮件将不再用它签名。', confirmRemoveUnused: '永久移除此密钥？', publish: '请在 DNS 服务商处发布此记录：', type: '类型', name: '名称', value: '值', found: '现有记录', nothing: '无', made: '密钥已生成，请发布其记录。', allWell: '一切就绪。', since: (when) => `自 ${when}`,
    what: { spf: 'SPF：谁可以发信', dkim: 'DKIM：签名', dmarc: 'DMARC：收件方如何处理', mx: 'MX：邮件送往哪里', reverse_dns: '服务器的反向 DNS' },
    code: { ok: '正常。', spf_missing: '没有记录说明哪些服务器可以代此域名发信。', spf_several: '存在多条 SPF 记录，收件方会全部忽略，请只保留一条。', spf_invalid: '记录无法识别。', spf_too_many_lookups: '记录需要超过 10 次查询，请精简。', spf_host_not_allowed: '发信服务器不在记录中。', spf_allows_all: '记录允许任何人发信 (+all)。', spf_without_end: '记录缺少 ~all 之类的结尾。', dkim_missing: '没有我们密钥的记录。', dkim_invalid: '记录无法识别。', dkim_revoked: '记录表明密钥已作废。', dkim_other_key: '记录中的密钥与我们的不同。', dkim_test_mode: '记录处于测试模式 (t=y)。', dmarc_missing: '没有 DMARC 记录，大型服务商要求具备。', dmarc_several: '存在多条 DMARC 记录，请只保留一条。', dmarc_invalid: '记录无法识别。', dmarc_only_watches: 'DMARC 仅观察 (p=none)，可以作为开始。', mx_missing: '没有服务器接收此域名的邮件。', mx_refuses_mail: '该域名声明不接收邮件。', mx_unresolvable: '所指的邮件服务器没有地址。', reverse_missing: '服务器地址没有对应的名称。', reverse_mismatch: '服务器名称指向其他地址。', host_unknown: '发信服务器没有地址。', dns_failed: 'DNS 没有应答，请重试。' },
  },
  mailRules: {
    signatures: '签名', forAll: '所有语言', add: (name) => `添加${name}签名`, removeLanguage: (name) => `移除${name}签名`, languages: { en: '英文', zh: '中文' }, insert: '插入', preview: '预览', previewFailed: '无法预览。', variables: { 'agent.name': '客服姓名', 'agent.email': '客服邮箱', 'agent.signature': '客服个人签名', 'inbox.name': '渠道', 'inbox.address': '地址', 'ticket.number': '单号', 'ticket.subject': '主题', 'customer.name': '客户姓名' },
    own: '我的签名', ownHint: '显示在渠道签名中 {{agent.signature}} 的位置。', ownSaved: '签名已保存',
    sending: '发信', undo: '回复可以撤销', undoChoices: (n) => (n ? `${n} 秒内` : '不可撤销'), perMinute: '每分钟最多发出', perMinuteHint: '留空则不限。', alarm: '失败多久告警（分钟）',
    incoming: '来信归属', sameSender: '多少天内相同发件人和主题的邮件并入同一工单', sameSenderHint: '0 表示只按邮件会话归入。', followUp: '工单解决超过多少天后另开后续工单', followUpHint: '0 表示总是重新打开。', aliases: '此渠道的其他地址', aliasesHint: '每行一个。发往这些地址的邮件归入此渠道，同事用它们发出的邮件算作同事的答复。', loop: '十分钟内多少封以内不算循环', loopHint: '同一发件人或同一工单超出时扣留邮件，并屏蔽该发件人一小时。始终放行的发件人不计入。',
    acknowledge: '自动确认收到', acknowledgeHint: '每张工单一次，同一发件人每天一次，不发给机器，也不算作答复。', mayDecline: '允许发件人拒收', mayDeclineHint: '一键退订 (List-Unsubscribe)，只停止这种确认邮件，答复照常送达。', ackText: (language) => `${language}内容`,
    emailAfter: '多少分钟未读后用邮件发送回复', emailAfterHint: '0 表示不发。发往访客留下的地址。', emailInbox: '发件渠道', emailInboxFirst: '第一个邮件渠道',
  },
  agents: {
    lead: '在这里工作的人。', add: '邀请客服', role: '角色', teams: '团队', email: '邮箱', deactivate: '停用', activate: '启用', deactivateHint: '该客服将立即退出登录且无法再登录，已写的内容保留。', deactivateTitle: (name) => `停用${name}`, holds: (assigned, owned, customers) => `处理中的工单：${assigned}；首问负责：${owned}；专属客户：${customers}。`, handOver: '由谁接手', handOverTeams: '退回所在团队：无人处理，无首问负责人', handOverHint: '成为未解决工单的首问负责人和处理人，并收到通知。接手人无权查看的工单会退回其团队。', handedOver: (name) => `${name}已停用，工单正在移交。`, signOut: '全部退出登录', signedOut: (name) => `${name}已在所有设备退出`, invited: (email) => `邀请已发送至 ${email}`, password: '初始密码', passwordHint: '留空则发送邀请邮件。', created: '已创建客服', showInactive: '显示已停用', noTeams: '无团队', needEmail: '请填写邮箱。',
  },
  teams: { lead: '共用一个队列的小组。', add: '添加团队', members: '成员', leader: '团队负责人', leadHint: '当该团队对客户的承诺有风险时会收到通知。', ledBy: (who) => `负责人：${who}`, count: (n) => count(n, '位成员'), empty: '还没有团队', emptyHint: '团队共用一个队列，例如退换货、物流、投诉。' },
  roles: {
    lead: '客服能看什么、做什么。', add: '添加角色', permission: '权限', scope: '可见范围', scopes: { all: '全部工单', teams: '所在团队的工单', assigned: '仅自己的工单' }, builtIn: '内置', builtInName: { administrator: '管理员', supervisor: '主管', agent: '客服' }, builtInHint: '内置角色不可修改，可另建角色。', empty: '',
    group: { ticket: '工单', customer: '客户与通话', mail: '邮件', complaint: '投诉', admin: '管理' },
    permissions: { 'ticket.read': '查看工单', 'ticket.reply': '回复客户', 'ticket.note': '写备注', 'ticket.edit': '修改状态、优先级、标签', 'ticket.assign': '分配', 'ticket.create': '新建工单', 'customer.read': '查看客户', 'customer.edit': '修改客户', 'call.log': '登记通话', 'raw.read': '查看原始邮件', 'board.read': '查看看板', 'admin.agents': '客服', 'admin.teams': '团队', 'admin.inboxes': '渠道', 'admin.tags': '标签', 'admin.statuses': '状态', 'admin.roles': '角色', 'admin.keys': 'API 密钥', 'complaint.edit': '处理投诉', 'complaint.approve': '审批赔付', 'complaint.close': '代客户确认结案', 'admin.complaints': '投诉分级', 'mail.read': '查看收到的全部邮件', 'mail.recover': '恢复或丢弃邮件、屏蔽发件人', 'admin.sla': '时限与营业时间', 'admin.routing': '分配规则、技能与班次', 'admin.macros': '共享的快捷回复', 'ticket.reassign_owner': '变更首问负责人' },
  },
  tags: { lead: '用来给工单归类的词。', add: '添加标签', color: '颜色', empty: '还没有标签', emptyHint: '少而精：退款、物流、破损。' },
  statuses: { lead: '含义固定，名称可以自定。', add: '添加状态', category: '含义', archived: '已归档', archive: '归档', restore: '恢复', builtIn: '内置', nameHint: '留空则按各人语言显示内置名称。' },
  keys: {
    lead: '供电话系统等程序连接首问。', add: '创建密钥', scopes: '权限', scope: { 'calls:write': '上报通话', 'tickets:read': '读取工单', 'tickets:write': '写入工单', 'customers:read': '读取客户', 'customers:write': '写入客户' }, once: '请立即复制，密钥不会再次显示。', revoke: '吊销', revokeText: (name) => `吊销“${name}”？使用它的程序会立即失效。`, lastUsed: (when) => `${when}使用`, never: '从未使用', empty: '还没有密钥', emptyHint: '为电话系统或店铺创建一个。', created: '密钥已创建', needScope: '请至少选择一项权限。',
  },
  webhooks: {
    lead: '事情发生时，立即通知你自己的程序。', add: '添加 Webhook', url: '地址', kinds: '通知内容', all: '全部事件', kind: { ticket_opened: '新建工单', message_added: '收到或发出消息', ticket_changed: '字段变更', message_delivery: '邮件送达或失败', merged: '工单合并', case_opened: '投诉立案', grade_changed: '投诉定级', compensation_changed: '赔付审批', case_closed: '投诉结案', call_changed: '来电或通话结束', customer_changed: '客户资料变更' }, active: '启用', off: '已停用', failing: (since, error) => `${since}起失败：${error}`, needKind: '请至少选择一种事件。', empty: '还没有 Webhook', emptyHint: '让店铺或 ERP 及时得知新工单和回复。', created: 'Webhook 已添加', once: '每次调用都用此密钥签名。请立即复制，之后不再显示。', secret: '签名密钥',
  },
}
