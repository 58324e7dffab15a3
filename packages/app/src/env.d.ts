/// <reference types="svelte" />
/// <reference types="vite/client" />

/** Emscripten's module; what is used of it is typed where it is used. */
declare module '@ffmpeg/core';
