/** SQLite in the folder of a service, as SQLAlchemy names it. */
export function sqlite(service: string, name: string): string {
  return `sqlite:////var/lib/${service}/${name}.sqlite`;
}

/** The line of a configuration file that names it. */
export function database(service: string): string {
  return `connection = ${sqlite(service, service)}`;
}

/** A file of oslo.config. */
export function configuration(groups: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(groups)
    .map(([group, lines]) => `[${group}]\n${lines.join('\n')}\n`)
    .join('');
}
