/** `ip-10-0-1-11` of `ip-10-0-1-11.us-east-1.compute.internal`; a node that is called by its address keeps all of it. */
export function shortNode(name: string): string {
  const [first = name] = name.split('.');
  return /^\d*$/.test(first) ? name : first;
}
