// The words of the settings of due times: `w`, in the language spoken. Part of the settings' chunk.
import { dueSettingsEn } from './dueSettings.en'
import { dueSettingsZh } from './dueSettings.zh'
import { spoken } from './spoken'

export const w = spoken(dueSettingsEn, dueSettingsZh)
