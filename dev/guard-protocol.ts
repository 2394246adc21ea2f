/** What the guard receives, one JSON object a line on its standard input. */
export type GuardMessage =
  /** End this process group when the parent is gone. */
  | { readonly do: 'watch-group'; readonly pid: number; readonly graceMs: number }
  | { readonly do: 'forget-group'; readonly pid: number }
  /** End this process, which leads no group, and all that it started, when the parent is gone. */
  | { readonly do: 'watch-child'; readonly pid: number }
  | { readonly do: 'forget-child'; readonly pid: number }
  /** End the one process whose pid the file holds, if the file is there when the parent is gone. */
  | { readonly do: 'watch-pid-file'; readonly file: string }
  | { readonly do: 'forget-pid-file'; readonly file: string }
  /** Remove this folder when the parent is gone, after the processes. */
  | { readonly do: 'watch-folder'; readonly folder: string }
  | { readonly do: 'forget-folder'; readonly folder: string };
