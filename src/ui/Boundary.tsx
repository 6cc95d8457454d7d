import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  readonly children: ReactNode;
  /** Another frame or other rows: try again. */
  readonly of: string;
  readonly fallback: (said: string) => ReactNode;
}

/** The one error boundary: a throw while drawing is our bug; it is shown, and the console lives on. */
export class Boundary extends Component<BoundaryProps, { readonly said?: string; readonly of?: string }> {
  override state: { readonly said?: string; readonly of?: string } = {};

  static getDerivedStateFromError(thrown: unknown): { said: string } {
    return { said: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  static getDerivedStateFromProps(
    props: BoundaryProps,
    state: { readonly said?: string; readonly of?: string },
  ): { said?: string; of: string } {
    return props.of === state.of ? { ...state, of: props.of } : { said: undefined, of: props.of };
  }

  override render(): ReactNode {
    return this.state.said === undefined ? this.props.children : this.props.fallback(this.state.said);
  }
}
