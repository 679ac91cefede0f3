// Pinyin initials of the Chinese action titles, written by hand, so that the palette finds them as they are typed.
import type { Texts } from './en'

export const initials: Record<keyof Texts['action'], string> = {
  palette: 'dkmlmb', noReply: 'wxhf', help: 'ckkjj', search: 'ss', call: 'djth', compose: 'xjgd', next: 'xyzgd', previous: 'syzgd', open: 'dkgd', back: 'fh', refresh: 'sxlb', merge: 'xsxdgd',
  reply: 'hf', note: 'xbz', send: 'fs', sendNext: 'fsbdkxyz', sendWait: 'fsbddkh', sendSolve: 'fsbjj', sendLater: 'dsfs', assign: 'fpg', assignMe: 'fpgw', team: 'zdtd', status: 'szzt', priority: 'szyxj', tags: 'xgbq', solve: 'jj', subject: 'bjzt', copyNumber: 'fzdh', attach: 'tjfj', macro: 'crkjhf',
  goMine: 'qwwd', goUnassigned: 'qwwfp', goOpen: 'qwclz', goWaiting: 'qwddkh', goHold: 'qwzh', goSolved: 'qwyjj', goAll: 'qwqbgd', mergeInto: 'brqtgd', spam: 'bwljyj', notSpam: 'bsljyj', goSpam: 'qwljyj', goMail: 'qwyj', goMentions: 'qwtdwd', goNotifications: 'qwtz', goSettings: 'qwsz',
  order: 'qhzxhzxdq', kind: 'szlx', why: 'wsmszgsx', whyMe: 'wsmfgcr', offer: 'yjswfz', take: 'jsts', grade: 'qrhggdj', compensate: 'sqpf', evidence: 'tjzj', closeCase: 'tsja', caseReport: 'dktsbg', goBoard: 'qwkb', presenceOnline: 'wzx', presenceAway: 'wlk', presenceHandBack: 'wlkbthgd',
  themeLight: 'qszt', themeDark: 'sszt', themeSystem: 'ztgsxt', languageEnglish: 'yw', languageChinese: 'zw', density: 'qhlbmd', views: 'zkhsqst', customer: 'zkhsqkhxx', signOut: 'tcdl', ringing: 'djzzxldld',
}
