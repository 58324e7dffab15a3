/** @file Why a file cannot be read, in words. */

/**
 * Why a file cannot be read: that it is missing, or a folder, or what the system reports.
 *
 * @param path - as the user gave it
 * @param error - what reading it threw
 */
export function whyUnreadable(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no file ${path}`;
  if (code === 'EISDIR') return `${path} is a folder, not a file`;
  if (code === 'EACCES' || code === 'EPERM') return `${path} may not be read`;
  return `cannot read ${path}: ${message}`;
}
