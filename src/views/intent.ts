/** What a frame was opened with. Breadcrumb, pasteable link and command-line flags are one thing: this. */
export type Params = Readonly<Record<string, string>>;

/** What a key wants done. Data, so that a key can be tested, greyed out with its reason, and documented. */
export type Intent =
  | { readonly do: 'go'; readonly view: string; readonly params: Params }
  /** The same screen with other parameters: asked again at once, and nothing to go back to. */
  | { readonly do: 'stay'; readonly params: Params }
  | { readonly do: 'back' }
  | { readonly do: 'refresh' }
  | { readonly do: 'quit' }
  | { readonly do: 'copy'; readonly text: string }
  /** Ask which of a few, by one key each. */
  | {
      readonly do: 'choose';
      readonly title: string;
      readonly choices: readonly { readonly key: string; readonly does: string; readonly wants: Intent }[];
    }
  | { readonly do: 'tenant'; readonly tenant: string }
  /** Put the whole console on these contexts of the kubeconfig; `view` is what it then shows. */
  | {
      readonly do: 'contexts';
      readonly contexts: readonly string[];
      /** Of two stacks the one there. */
      readonly namespace?: string;
      readonly view?: string;
      readonly params?: Params;
      readonly filter?: string;
    }
  | { readonly do: 'refuse'; readonly because: string };
