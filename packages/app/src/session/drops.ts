/** @file What the files of one drop are: a model, saved reviews, clips. */
import type { Reopened } from '../export/review-file.ts';

/** Files by what they are for. */
export interface Dropped {
  /** Files of one model, or none. */
  readonly model: readonly File[];
  readonly reviews: readonly File[];
  /** Annotations of coders: ELAN, Praat, tables. */
  readonly annotations: readonly File[];
  readonly clips: readonly File[];
}

/** Sorts files by what they are for; a JSON file beside an ONNX file is meant to be its description, whatever it is. */
export async function sorted(files: readonly File[]): Promise<Dropped> {
  const { isModelDescription, isModelFile } = await import('@telltale/web/model-files');
  const isOfModel = await Promise.all(
    files.map(async (file) => isModelFile(file) || (await isModelDescription(file))),
  );
  const hasModel = isOfModel.includes(true);
  const isJson = ({ name }: File): boolean => /\.json$/i.test(name);
  const model = files.filter((file, i) => isOfModel[i] || (hasModel && isJson(file)));
  const others = files.filter((file) => !model.includes(file));
  const isAnnotation = ({ name }: File): boolean => /\.(?:eaf|textgrid|csv|tsv)$/i.test(name);
  return {
    model,
    reviews: others.filter(isJson),
    annotations: others.filter(isAnnotation),
    clips: others.filter((file) => !isJson(file) && !isAnnotation(file)),
  };
}

/** All files of a drop, those in folders too, in the order of their paths. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    return entry === null ? [] : [entry];
  });
  if (entries.every(({ isFile }) => isFile)) return [...transfer.files];
  const all = await Promise.all(entries.map((entry) => filesUnder(entry)));
  // Of a folder, only what can be meant: it may hold anything.
  const isMeant = /\.(?:mp4|m4v|mov|webm|mkv|avi|mpe?g|wmv|flv|m2ts|mts|ts|3gp|ogv|eaf|textgrid|csv|tsv|json|onnx|safetensors)$/i; // prettier-ignore
  return all
    .flat()
    .filter(({ name }) => isMeant.test(name) && !name.startsWith('.'))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

async function filesUnder(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))]; // prettier-ignore
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    // A folder is read in parts, the last of which is empty.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return found;
    for (const one of part) found.push(...(await filesUnder(one)));
  }
}

/** The clip that a review is for: by its name, or the only one. */
export function clipOf({ report }: Reopened, clips: readonly File[]): File | undefined {
  return clips.find(({ name }) => name === report.clip.name) ?? (clips.length === 1 ? clips[0] : undefined); // prettier-ignore
}
