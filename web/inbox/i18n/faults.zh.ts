// Why something was refused, in Chinese. The same keys as faults.en.ts.
import type { FaultTexts } from './faults.en'

export const faultsZh: FaultTexts = {
  unauthenticated: '请先登录。', wrong_password: '邮箱或密码不正确。', forbidden: '你的角色没有此权限。', not_found: '它已不存在，或你已无权查看。', no_such_path: '服务器不认识这个地址，请刷新页面。', wrong_method: '服务器不接受此操作，请刷新页面。', invalid: '表单中有内容不正确。', edit_conflict: '期间已被他人修改。', pause_reason: '请说明暂停处理的原因：重新选择状态。', new_messages: '你查看之后，工单里有了新消息。', key_reused: '此前已以另一内容发送过，请重试。', too_large: '内容太大。', throttled: '尝试次数过多，请在 {seconds} 秒后再试。', unavailable: '服务暂时无法读写，请稍后再试。', internal: '服务器出错了。你的内容没有丢失，请重试。', one_like_this: '已有相同的一项。', id_gone: '所选的某一项已不存在，请刷新后重新选择。', key_is_nobody: 'API 密钥没有自己的账号，请以客服身份登录。',

  name_needed: '请填写名称。', too_long: '最多 {most} 个字符。', too_many: '一次最多 {most} 个。', out_of_range: '请填写 {least} 到 {most} 之间的整数。', days_out_of_range: '请填写 {least} 到 {most} 之间的天数。', not_an_email: '请填写邮箱地址，例如 name@shop.example。', not_a_locale: '系统支持中文和英文。', not_a_link: '链接须以 https:// 或 http:// 开头。', not_a_zone: '没有这个时区，请填写例如 Asia/Shanghai。', choose_one: '请至少选择一项。', no_such_agent: '没有这位客服，或已被停用。', no_such_team: '该团队已不存在。', no_such_role: '该角色已不存在。', no_such_skill: '该技能已不存在。', no_such_category: '该分类已不存在。', no_such_calendar: '该营业时间已不存在。', name_taken: '这个名称已被使用。',

  reply_empty: '请先填写内容。',
  ticket_closed: '工单已关闭。请先重新打开，或新建工单。',
  not_an_address: '{address} 不是邮箱地址。',
  recipient_needed: '没有收件人，请添加邮箱地址。',
  recipients_full: '一封回复最多发给 {most} 个地址。',
  no_email_inbox: '没有可以发送邮件的渠道，请联系管理员添加。',
  not_by_phone: '无法通过电话发送回复。请拨打电话并记录通话。',
  no_such_status: '该状态已不存在。',
  no_such_inbox: '请选择启用中的渠道。',
  no_such_customer: '客户不存在，或你无权查看。',
  subject_length: '主题应为 1 到 {most} 个字符。',
  mention_unseen: '{who}无法查看此工单。请先分配给对方，或转到对方的团队。',
  files_full: '一条消息最多附带 {most} 个文件。',
  file_gone: '有文件已失效，请重新上传。',
  file_empty: '文件是空的。',
  file_broken_off: '文件没有传完，请重新上传。',
  say_to_whom: '请指定收件人：客户或邮箱地址。',
  not_an_id: '这不是有效的编号。',
  owner_needed: '请指定今后由谁负责此工单。',
  not_a_priority: '优先级应为低、普通、高或紧急。',
  no_such_ticket_kind: '该类型不存在或已停用。',
  case_stands: '投诉已定级或已有补偿，请先结案。',
  password_short: '至少需要 {least} 个字符。',
  password_long: '最多 {most} 个字节。',
  password_common: '这个密码太常见，最容易被猜中，请换一个。',
  password_is_address: '请不要使用自己的邮箱地址作为密码。',
  not_your_password: '密码不正确。',
  link_spent: '链接已使用或已过期，请重新申请。',
  merge_itself: '工单不能合并到自身。',
  merged_already: '此工单已合并到 #{number}。',
  target_merged: '#{number} 已合并到 #{into}，请选择后者。',
  anothers_chat: '合并后聊天访客会看到其他客户的内容。请先确认两张工单属于同一客户。',
  not_merged: '此工单没有合并到其他工单。',
  moved_meanwhile: '刚刚有人移动了这些工单，请重新查看。',
  messages_count: '请选择 1 到 {most} 条消息。',
  message_gone: '有消息已不在此工单中。',
  nothing_stays: '工单将没有任何内容。请改为修改主题。',
  call_closed: '工单已关闭，请将通话记录为新工单。',
  call_words: '请简单说明通话内容。',
  call_length: '通话时长应为 0 到 {most} 秒。',
  follow_up_time: '最晚为两年之后。',
  phone_empty: '请填写电话号码。',
  phone_digits: '电话号码只能包含数字，不能有 {sign}。',
  phone_short: '号码太短。',
  phone_long: '号码太长。',
  phone_country: '没有这样开头的国家代码。',
  macros_full: '已有 300 条快捷回复，请删除不用的。', macro_shared: '你的角色不能修改他人使用的快捷回复，请另写自己的。', key_has_no_macros: 'API 密钥没有自己的快捷回复。', macro_team_needed: '请选择可以使用的团队。', macro_team_gone: '其中一个团队已不存在，请移除。', macro_empty: '请填写内容，或选择要修改的字段。', shortcut_taken: '“{name}”已使用这个缩写。',

  address_taken: '已有客服使用这个邮箱。', above_you: '这位客服的权限高于你，请联系管理员。', role_above_you: '该角色的权限超出你所拥有的，请联系管理员。', key_above_you: '密钥的权限不能超过你自己的。', last_administrator: '这是最后一位管理员，请先设置另一位。', team_used: '仍有工单或渠道属于该团队，请先转给其他团队。', administrators_do_all: '管理员拥有全部权限。请为需要限制的人另建角色。', role_built_in: '内置角色不能删除。', role_held: '仍有客服（可能已停用）使用该角色，请先为其更换。',

  inbox_address_taken: '已有渠道使用这个邮箱。', inbox_address_needed: '请填写客户来信的邮箱地址。', chat_has_no_address: '聊天渠道没有地址。', other_channel: '这些是其他渠道的设置。', choose_email_inbox: '请选择一个邮件渠道。', not_a_color: '颜色请写成 #2563eb。', not_origins: '请填写网页来源，例如 https://shop.example。', user_name_needed: '请填写用户名。', acknowledge_words: '请至少用一种语言写下告知发件人的内容。', undo_seconds: '0（关闭）或 5 到 30 秒。', not_a_language: '语言请写成 en 或 zh-TW。', language_twice: '每种语言只能出现一次。', host_needed: '请填写服务器名称，例如 mail.shop.example。', password_again: '请重新输入密码：原密码用于另一个服务器或用户。', category_needed: '请选择含义。', status_meaning: '使用该状态的工单会因此改变含义，请新建一个状态。', status_built_in: '内置状态不能删除：系统会自动使用它。', no_such_events: '没有名为“{kind}”的事件。', webhooks_full: '已有二十个 Webhook，请先删除一个。',

  promise_length: '承诺时间为 1 分钟到 366 天，或不承诺。', conditions_full: '最多 20 个条件。', condition_values: '每个条件须有 1 到 100 个值。', condition_value: '有条件的值不属于该字段。', levels_full: '最多 30 个提醒级别。', level_value: '百分比为 1 到 99；提前和超时须填写时长。', level_too_early: '提醒须在开始计时之后，请改晚一些。', level_twice: '两个级别时间相同，请合并接收人。', policies_full: '已有 200 条规则，请先删除一条。', policy_changed: '该规则期间已被他人修改，请关闭后重新查看。', default_takes_all: '默认规则适用于所有工单，不能设置条件。', default_stays: '默认规则不能删除，可将其时间设为不承诺。', order_incomplete: '规则期间有变动，请刷新后重新排序。', one_draft: '一次只能预览一项修改。', calendars_full: '已有 100 个营业时间，请先删除一个。', calendar_changed: '该营业时间期间已被他人修改，请关闭后重新查看。', calendar_used: '有规则正在使用该营业时间，请先为其更换。', no_feed: '尚无订阅，请先填写订阅地址。', too_many_days: '最多 2000 天，请去掉较早的年份。', intervals_full: '每天最多 12 个时段。', day_wrong: '每天最多 12 个时段，名称最多 200 个字符。',

  not_a_currency: '币种为三个大写字母，例如 CNY。', amounts_order: '特大金额不得低于大额，且都不得小于 0。', tiers_full: '最多 50 个等级，每个不超过 60 个字符。', ceiling_negative: '上限不得小于 0。', below_itself: '分类不能放在自己下面。', too_deep: '最多 {most} 层。', categories_full: '已有 500 个分类，请使用现有分类。', kinds_full: '已有 100 种工单类型。', kind_stays: '每张工单都从咨询开始，投诉有自己的案件：这两种类型不能删除。', ladder_steps: '逐级升级须有 1 到 {most} 级。', step_minutes: '每级为 1 到 {most} 分钟。', checklist_full: '最多 {most} 项。', checklist_item: '每项须有 1 到 300 个字符的内容。', checklist_twice: '有两项相同。', say_what_for: '请说明用途。', say_why_refused: '请说明拒绝的原因。', say_why_grade: '请说明原因：等级变化会影响负责人和赔付额度。', say_how_settled: '请说明客户如何确认，或为何未经确认即结案。', say_why_reopened: '请说明为何重新打开。', say_outcome: '请说明结果。', change_kind_instead: '请改为修改工单类型：它不是投诉。', time_to_come: '请选择将来的时间。', nothing_given: '请填写大于 0 的金额。', sum_out_of_range: '金额过大。', no_such_item: '该等级的检查清单已没有这一项。', file_needed: '请选择文件。', note_needed: '请填写备注内容。', not_in_ticket: '该工单没有这条消息或文件。', case_there: '该工单已有投诉案件。', case_there_closed: '该工单的投诉案件已结案，请重新打开。', case_closed: '案件已结案，请先重新打开。', case_open: '案件尚未结案。', no_complaint: '该工单现在不是投诉，请先将类型改为投诉。', grade_first: '等级决定赔付额度，请先确认等级。', grade_unconfirmed: '等级尚未确认。', checklist_open: '检查清单中的必做项尚未完成。', compensation_waits: '仍有赔付等待审批。', compensation_unpaid: '有已批准的赔付尚未支付或撤回。', compensations_full: '一个案件最多 100 笔赔付。', evidence_full: '一个案件最多 200 份证据。', own_request: '不能审批自己提出的申请。', above_ceiling: '超出你的审批权限，须由权限更高的人批准。', not_approved: '尚未批准。', approved_already: '已经批准。', was_refused: '已被拒绝，请重新申请。', paid_already: '已经支付。', taken_back: '已撤回，请重新申请。', case_taken: '已有人受理该案件。', no_follow_up: '没有计划回访。',

  not_languages: '语言请写成 en 或 zh，最多 50 种。', skill_needs: '所需技能已不存在，或超过 200 个。', skill_needed: '有团队的工单需要该技能，请先去掉该要求。', routing_tiers_full: '最多 50 个等级，请先删除一个。', skills_full: '最多 200 个技能，请先删除一个。', not_a_day: '没有这一天。', not_a_time: '时间请写成 09:00，结束时间可为 24:00。', shift_full: '一周最多 {most} 个时段。', not_the_owner: '只有首问负责人可以移交，请联系主管。', owns_it: '这位客服已是首问负责人。', cannot_see: '这位客服看不到该工单，请先将工单移到其团队。', ticket_solved: '工单已解决，无需移交。', offered_already: '该工单已在移交中，请先撤回。', not_to_you: '该移交不是给你的。', offer_settled: '该移交已结束。',
}

export const fieldsZh: Record<string, string> = {
  name: '名称', email: '邮箱', address: '地址', role_id: '角色', team_ids: '团队', lead_id: '团队负责人', hand_over_to: '移交给', capacity: '容量', languages: '语言', shift: '班次', weights: '权重', skill_needs: '所需技能', rank: '优先级', dedicated_agent_id: '专属客服', conditions: '条件', levels: '提醒级别', first_response_s: '首次响应', next_response_s: '后续响应', resolution_s: '解决', days: '特殊日期', week: '每周时间', zone: '时区', feed_url: '订阅', ics: '日历文件', currency: '币种', amount_large: '大额', amount_huge: '特大金额', repeat_days: '重复投诉天数', high_tiers: '高等级客户', ladder: '逐级升级', checklist: '检查清单', follow_up_days: '回访', ceilings: '可自行批准的金额', amount: '金额', reason: '原因', note: '备注', notes: '备注', url: '地址', tier: '客户等级', greeting: '欢迎语', title: '标题', password: '密码', due_at: '时间', outcome: '结果', parent_id: '上级', shortcut: '缩写', texts: '内容', kinds: '通知内容', scopes: '权限',
}
