// The words of complaints: `c`, in the language spoken.
import { complaintEn } from './complaint.en'
import { complaintZh } from './complaint.zh'
import { spoken } from './spoken'

export const c = spoken(complaintEn, complaintZh)
