// What a policy is called: the one that stands in every workspace has no name until somebody gives it one.
import { d } from '../i18n/due.svelte'

export const policyName = (policy: { name: string } | null | undefined): string => policy?.name || d.usual
