// Everything the panel says, in English and Chinese.
import type { Locale, Problem } from '../shared/types'

const english = {
  title: 'Chat with us',
  online: 'Online',
  away: 'Away, back soon',
  close: 'Close chat',
  log: 'Conversation',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  dropHere: 'Drop files to attach them',
  earlier: 'Earlier messages are not shown here.',
  newMessages: 'New messages',
  typing: (name: string) => `${name} is typing`,
  someone: 'Our team',
  you: 'You',
  sending: 'Sending',
  sent: 'Sent',
  seen: 'Seen',
  failed: 'Not sent.',
  retry: 'Try again',
  edit: 'Edit',
  discard: 'Delete',
  dismiss: 'Dismiss',
  reconnecting: 'Connecting again …',
  offline: 'You are offline. Messages wait and are sent later.',
  tooLarge: 'Larger than 10 MB, cannot be sent.',
  uploadFailed: 'The file could not be uploaded.',
  download: 'Download',
  fileFailed: 'The file could not be loaded.',
  email: 'E-mail',
  name: 'Name (optional)',
  askEmail: 'Shall we answer by e-mail if you leave?',
  askEmailAway: 'Nobody is here right now. Shall we answer by e-mail?',
  save: 'Save',
  notNow: 'Not now',
  badEmail: 'Please check the address.',
  answersTo: (email: string) => `If you leave, we answer to ${email}.`,
  busy: 'Too many messages. Please wait a moment.',
  blocked: 'We cannot take messages here right now.',
  refusedSize: 'That was too large.',
  refusedType: 'This kind of file is not accepted.',
  refused: 'This was not accepted.',
  serverTrouble: 'Something went wrong on our side. Nothing is lost.',
}

export type Words = typeof english

const chinese: Words = {
  title: '在线客服',
  online: '在线',
  away: '暂时不在线，会尽快答复',
  close: '关闭聊天',
  log: '对话',
  write: '请输入消息',
  send: '发送',
  attach: '添加文件',
  dropHere: '拖放到这里即可添加文件',
  earlier: '更早的消息不在此显示。',
  newMessages: '新消息',
  typing: (name) => `${name}正在输入`,
  someone: '客服',
  you: '我',
  sending: '发送中',
  sent: '已发送',
  seen: '已读',
  failed: '未发送。',
  retry: '重试',
  edit: '修改',
  discard: '删除',
  dismiss: '知道了',
  reconnecting: '正在重新连接…',
  offline: '网络已断开，消息会在恢复后发送。',
  tooLarge: '文件超过 10 MB，无法发送。',
  uploadFailed: '文件上传失败。',
  download: '下载',
  fileFailed: '文件加载失败。',
  email: '邮箱',
  name: '称呼（选填）',
  askEmail: '您离开后，需要我们用邮件答复吗？',
  askEmailAway: '暂时不在线，需要我们用邮件答复吗？',
  save: '保存',
  notNow: '暂不',
  badEmail: '请检查邮箱地址。',
  answersTo: (email) => `您离开后，我们会答复到 ${email}。`,
  busy: '发送太频繁，请稍等片刻。',
  blocked: '目前无法在此接收消息。',
  refusedSize: '内容过大。',
  refusedType: '不支持这种文件。',
  refused: '未被接受。',
  serverTrouble: '我们这边出了点问题，内容不会丢失。',
}

export const localeOf = (tag: string): Locale => (/^zh/i.test(tag) ? 'zh' : 'en')

export const wordsOf = (locale: Locale): Words => (locale === 'zh' ? chinese : english)

/** The reason in plain words; the server's own words only where we have none. */
export function explain(words: Words, { status, detail }: Problem): string {
  if (status === 429) return words.busy
  if (status === 403 || status === 404 || status === 410) return words.blocked
  if (status === 413) return words.refusedSize
  if (status === 415) return words.refusedType
  if (status >= 500) return words.serverTrouble
  return detail || words.refused
}

/** Whether the same thing may be accepted later as it is. */
export const isWorthRetrying = ({ status }: Problem): boolean =>
  status === 429 || status === 409 || status === 408 || status >= 500
