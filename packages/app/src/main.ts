/** @file The page begins: the language of the browser, the first view, and the worker that keeps it offline. */
import { mount } from 'svelte';

import App from './App.svelte';
import { keepOffline } from './offline/register.ts';
import './style.css';
import { text } from './text/text.svelte.ts';

text.choose(navigator.language);
mount(App, { target: document.querySelector('#app')! });
keepOffline();
