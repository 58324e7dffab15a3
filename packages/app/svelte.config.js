/** Svelte: TypeScript in components is erased, styles stay in the components' own files. */
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default { preprocess: vitePreprocess({ script: true }) };
