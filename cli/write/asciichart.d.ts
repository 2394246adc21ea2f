declare module 'asciichart' {
  interface PlotConfig {
    readonly height?: number;
    readonly min?: number;
    readonly max?: number;
    readonly format?: (value: number) => string;
    readonly colors?: readonly (string | undefined)[];
  }
  const asciichart: {
    plot(series: readonly (readonly number[])[], config?: PlotConfig): string;
    readonly blue: string;
    readonly red: string;
    readonly yellow: string;
    readonly default: string;
  };
  export = asciichart;
}
