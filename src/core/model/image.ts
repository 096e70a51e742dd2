/** An image that a Dockerfile starts from or copies out of, that no folder of `images/` builds. */
export interface ExternalImage {
  /** Without digest: `ubuntu:noble`. */
  readonly reference: string;
  /** `sha256:…` where the Dockerfile pins it. */
  readonly digest?: string;
  readonly line: number;
}

/** images/<name>: a Dockerfile and the files beside it. */
export interface Image {
  readonly name: string;
  readonly dockerfile: string;
  /** Other images of this repository that it builds on, in order of appearance. */
  readonly bases: readonly string[];
  readonly external: readonly ExternalImage[];
  /** Named build contexts it reads: `source`, `libraries`, `constraints`, or a component's name. */
  readonly contexts: readonly string[];
  /** Every file below images/<name>, sorted by path: path from there, mode, SHA-256 in hex. */
  readonly files: readonly ImageFile[];
}

export interface ImageFile {
  readonly path: string;
  readonly mode: string;
  readonly sha256: string;
}
