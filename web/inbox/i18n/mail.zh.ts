// 邮件页面的中文文案，随页面加载。 The words of the mail room in Chinese, loaded with it.
import type { MailTexts } from './mail.en'

export const mailZh: MailTexts = {
  title: '邮件', lead: '收到的每一封邮件、去向及原因。',
  tabs: { waiting: '待处理', all: '全部邮件', senders: '发件人' },
  list: '邮件', inbox: '渠道', everyInbox: '全部渠道', state: '状态', everyState: '全部状态', more: '显示更多', failed: '邮件无法加载', refresh: '刷新',
  empty: { waiting: ['没有待处理的邮件', '机器发出的、被屏蔽发件人的以及无法读取的邮件，在此等待人工处理。'], all: ['还没有邮件', '寄到任一邮箱的每封邮件都会记录在此。'], senders: ['没有屏蔽或放行的发件人', '可在此添加，或在将工单标为垃圾邮件时屏蔽。'] },
  states: { received: '读取中', read: '已归入工单', duplicate: '重复收到', own: '我方邮件', report: '投递报告', suspended: '已拦下', failed: '无法读取', discarded: '已丢弃' },
  stateHint: { received: '已保存，即将读取。', read: '已成为工单中的消息。', duplicate: '此前收到过同一封邮件，这一份未作处理。', own: '我们自己发出的邮件的副本。', report: '告知我们所发邮件的投递结果。', suspended: '恢复之前，工单中看不到它。', failed: '其中有内容无法读取，原件完好无损。', discarded: '已有人移出队列，仍可恢复。' },
  fate: (cause, hint) => `${cause}。${hint}`,
  cause: { auto_reply: '自动回复，不属于任何工单', bulk: '群发邮件或邮件列表', machine: '由机器发出', unknown_bounce: '投递报告，但找不到对应的邮件', blocked_sender: '发件人已被屏蔽', loop: '几分钟内来信过多，像是两台机器互相回复', bounce: '我们的一封邮件未送达', delay: '我们的一封邮件延迟送达', other_inbox: '同时发到了另一个渠道，属同一工单' },
  source: { smtp: '通过 SMTP 投递', lmtp: '通过 LMTP 投递', imap: '通过 IMAP 收取' }, backfill: '事后收取的旧邮件',
  from: '发件人', envelopeFrom: '投递者', nullSender: '无（报告）', envelopeTo: '收件地址', received: '收到时间', size: '大小', how: '来源', peer: '来源服务器', ticket: '工单', checks: '发件人校验', error: '出错原因', noSubject: '无主题', unknownSender: '未知发件人', close: '关闭', openTicket: (number) => `打开 #${number}`,
  recover: '恢复', recoverHint: '成为消息：归入所属工单，或新建工单。', allow: '今后放行此发件人的自动邮件', process: '重新处理', processHint: '按现在的规则重新读取。已成为消息的不变。', discard: '丢弃', raw: '原始邮件', rawGone: '原始邮件已过保存期并已删除。',
  recovered: (number) => `已恢复为 #${number}`, recoveredHidden: '已恢复', processed: (state) => `已重新处理：${state}`, discarded: '已丢弃', readings: '查看过原始邮件的人', nobodyRead: '还没有人', settled: (who) => `由${who}处理`,
  block: '屏蔽发件人', allowSender: '放行发件人', kinds: { block: '已屏蔽', allow: '已放行' }, why: { person: '由同事添加', spam: '随垃圾邮件工单', loop: '由防循环机制添加' }, sender: '地址或域名', senderHint: '例如 news@shop.example，或用 shop.example 表示整个域名', until: (when) => `至 ${when}`, forever: '长期', remove: (sender) => `移除 ${sender}`, kindHint: { block: '其邮件拦在“待处理”中，不会丢失。', allow: '其自动邮件会生成工单，例如电商平台通知或网站表单。' }, needSender: '请填写地址或域名。', senderRemoved: (sender) => `已移除 ${sender}`, expires: '有效期', expiresChoices: { never: '长期', day: '一天', week: '一周', month: '30 天' },
}
