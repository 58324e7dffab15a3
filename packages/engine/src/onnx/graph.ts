/**
 * @file An ONNX graph under construction: nodes, constants, inputs and outputs.
 *
 * Names of intermediate values are counted per graph, so the same network
 * always gives the same bytes.
 */

/** Shape of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/**
 * Who will run the graph. `portable`: standard operators of opset 17 only.
 * `native`: ONNX Runtime's own operators too, for speed.
 */
export type Target = 'portable' | 'native';

/** An attribute of a node. A bare number is an integer. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | {
      /** A float32 number. */
      readonly float: number;
    }
  | {
      /** The body of a control-flow node. */
      readonly graph: Graph;
    };

/** An operator with the names of what it reads and writes. */
export interface GraphNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A named float32 input or output. */
export interface GraphValue {
  readonly name: string;
  readonly shape: Shape;
}

/** A named constant. */
export interface Initializer extends GraphValue {
  readonly data: Float32Array | BigInt64Array;
}

/** Collects nodes in the order in which they run. */
export class Graph {
  /** Nodes in the order in which they run. */
  readonly nodes: GraphNode[] = [];
  /** Constants, by unique name. */
  readonly initializers: Initializer[] = [];
  /** Inputs in the order in which they were added. */
  readonly inputs: GraphValue[] = [];
  /** Outputs in the order in which they were added. */
  readonly outputs: GraphValue[] = [];
  /** Which operators the graph may use. */
  readonly target: Target;
  private readonly counter: { next: number };
  private readonly constants = new Map<string, string>();
  private readonly produced = new Set<string>();
  private readonly renamed = new Map<string, string>();

  constructor(target: Target, counter: { next: number } = { next: 0 }) {
    this.target = target;
    this.counter = counter;
  }

  /** A graph for the body of a control-flow node; ONNX requires its names to be distinct from the outer ones. */
  body(): Graph {
    return new Graph(this.target, this.counter);
  }

  /** A name nothing else has. */
  fresh(): string {
    return `t/${this.counter.next++}`;
  }

  /** Adds a node and names its outputs. */
  node(
    operator: string,
    inputs: readonly string[],
    options: {
      readonly attributes?: Readonly<Record<string, Attribute>>;
      readonly domain?: string;
      readonly outputs?: number;
    } = {},
  ): string[] {
    const outputs = Array.from({ length: options.outputs ?? 1 }, () => this.fresh());
    for (const output of outputs) this.produced.add(output);
    this.nodes.push({
      operator,
      domain: options.domain ?? '',
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  /** Adds a node with one output. */
  one(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.node(operator, inputs, { attributes })[0]!;
  }

  /** A float32 input. */
  input(name: string, shape: Shape): string {
    this.inputs.push({ name, shape });
    return name;
  }

  /** Makes the value `from` an output called `name`. */
  output(from: string, name: string, shape: Shape): void {
    if (this.produced.has(from) && !this.renamed.has(from)) {
      this.renamed.set(from, name);
    } else {
      this.nodes.push({
        operator: 'Identity',
        domain: '',
        inputs: [from],
        outputs: [name],
        attributes: {},
      });
    }
    this.outputs.push({ name, shape });
  }

  /** The name under which the value is written to the file. */
  finalName(name: string): string {
    return this.renamed.get(name) ?? name;
  }

  /** A constant; equal small constants are stored once. */
  integers(values: readonly number[]): string {
    return this.shared(`i${values.join()}`, () =>
      this.initializer(BigInt64Array.from(values, BigInt), [values.length]),
    );
  }

  /** A scalar constant. */
  scalar(value: number): string {
    return this.shared(`s${Object.is(value, -0) ? '-0' : value}`, () =>
      this.initializer(Float32Array.of(value), []),
    );
  }

  /** A vector constant. */
  floats(values: readonly number[]): string {
    return this.shared(`f${values.join()}`, () =>
      this.initializer(Float32Array.from(values), [values.length]),
    );
  }

  /** A constant whose entries are all the same; equal ones are stored once. */
  filled(value: number, shape: Shape): string {
    const size = shape.reduce((product, length) => product * length, 1);
    return this.shared(`c${value}:${shape.join()}`, () =>
      this.initializer(new Float32Array(size).fill(value), shape),
    );
  }

  /** A constant of any shape. */
  initializer(data: Initializer['data'], shape: Shape, name: string = this.fresh()): string {
    this.initializers.push({ name, shape, data });
    return name;
  }

  private shared(key: string, make: () => string): string {
    let name = this.constants.get(key);
    if (name === undefined) this.constants.set(key, (name = make()));
    return name;
  }
}
