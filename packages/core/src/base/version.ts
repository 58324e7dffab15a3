/** @file The release that results are made with. */

/** Version of the package, as in its `package.json`. */
export const VERSION = '0.1.0';
