// Starts the inbox: language and theme first, so that the first thing drawn is right.
import './tokens.css'
import './base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { language, preferredLanguage } from './i18n/language.svelte'
import { appearance } from './state/Appearance.svelte'
import { desk } from './state/desk.svelte'
import { layout } from './state/Layout.svelte'
import { route } from './state/Route.svelte'

appearance.start()
layout.start()
route.start()
await language.speak(preferredLanguage(), false)
void desk.start()
mount(App, { target: document.getElementById('app')! })
