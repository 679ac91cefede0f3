// 快捷回复的中文：回复框里的列表与设置。
import type { MacrosTexts } from './macros.en'

export const macrosZh: MacrosTexts = {
  title: '快捷回复', open: '快捷回复', placeholder: '名称、缩写、内容或拼音首字母', failed: '快捷回复加载失败', none: '此工单没有可用的快捷回复', noneHint: '可在“设置 · 快捷回复”中添加。', nothing: '没有符合的快捷回复', toSettings: '打开设置',
  insert: '插入', own: '我的', onlyChanges: '没有文字，只修改工单。', language: (name) => `${name}版本`, anyLanguage: '通用',
  withheld: (n, grade) => `${grade}投诉另有 ${n} 条快捷回复不可使用。`,
  does: '修改', sets: (field, to) => `${field}：${to}`, gone: '已不存在',
  applied: (name) => `已插入“${name}”`, leftOut: (parts) => `未修改：${parts}。对应内容已删除、停用或此刻不能修改。`, undone: (name) => `已撤回“${name}”`, forbidden: '此投诉的等级不允许使用这条快捷回复。请用自己的话回复。',
  settings: {
    lead: '写一次，随时用：自动填入客户姓名，并同时修改工单。', add: '新建', empty: '还没有快捷回复', emptyHint: '把每天要打十遍的话写下来。', shared: '共享', mine: '我自己的', everyone: '所有人', team: (name) => name, me: '仅自己', audience: '谁可以使用', audiences: { everyone: '所有人', team: '某个团队', me: '仅自己' }, aTeam: '团队', inactive: '已停用', outdated: '需要检查', outdatedHint: (parts) => `其中要修改的内容已删除或停用：${parts}。请重新选择。`,
    readOnly: '共享的快捷回复由有权限的人维护。', up: (name) => `上移“${name}”`, down: (name) => `下移“${name}”`, name: '名称', shortcut: '缩写', shortcutHint: '几个字母，如 tk：在回复框里输入 ; 再输入它。', active: '启用',
    texts: '内容', textIn: (language) => `${language}内容`, addLanguage: (language) => `添加${language}`, removeLanguage: (language) => `移除${language}`, insert: '插入', preview: '预览', previewFailed: '无法预览。', fallbackHint: '未知时使用的词写在竖线后：{{customer.name|您}}。',
    variables: { 'customer.name': '客户姓名', 'ticket.number': '工单号', 'ticket.subject': '主题', 'agent.name': '你的姓名', 'agent.email': '你的邮箱', 'inbox.name': '渠道', 'inbox.address': '地址' },
    changes: '同时修改', changesHint: '插入时立即修改。不会自动发送任何内容。', stays: '不变', toMe: '使用者本人', addTags: '添加标签', removeTags: '移除标签', chooseTag: '选择标签…', removeTag: (name) => `去掉${name}`,
    context: '适用范围', channels: '渠道类型', teams: '工单所属团队', anyTicket: '不选则适用于所有工单。', chooseTeam: '选择团队…', needContent: '请填写内容，或选择要修改的项目。', saved: '已保存',
  },
}
