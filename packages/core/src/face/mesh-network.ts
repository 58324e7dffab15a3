/**
 * @file The attention mesh without ONNX Runtime: its layers run in WebAssembly kernels of their own.
 *
 * Grishchenko et al. 2020, "Attention Mesh", arXiv:2006.10962. In browsers ONNX Runtime takes two to three times as long for
 * it: there its convolutions reorder their maps, and a block of this network (a depthwise convolution, one of one pixel, a
 * sum and a PReLU) goes through memory four times. Here it goes once.
 */
import { instantiate } from '../base/wasm.ts';
import { readFlexMap } from './flatbuffer.ts';
import { KERNELS_BASE64 } from './mesh-kernels.wasm.ts';
import { MeshModel, unsupported } from './mesh-model.ts';
import { layOutMemory, type Step, type Value } from './mesh-memory.ts';
import { partMatrix, pointsOfPart } from './mesh-parts.ts';
import { readTflite, type TfliteOperator } from './tflite.ts';

/** What `kernels/mesh.ts` exports. Places in memory are byte offsets. */
interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): void;
  first(...words: readonly number[]): void;
  block(...words: readonly number[]): void;
  pointwise(...words: readonly number[]): void;
  maxPool(...words: readonly number[]): void;
  part(...words: readonly number[]): void;
}

/** The network, ready to run. */
export interface MeshNetwork {
  /**
   * @param input - `[3, 192, 192]`, values from 0 to 1
   * @returns outputs by name, arrays of the caller's own
   */
  run(input: Float32Array): Readonly<Record<string, Float32Array>>;
}

/** Batch, height, width and channels of a map. */
type MapShape = readonly [number, number, number, number];

/** Channels that a kernel computes together. */
const GROUP = 8;
/** Room for the rows of a depthwise convolution, floating-point numbers; `ROWS_TOGETHER` of the kernels. */
const SCRATCH = 4096;
/** Memory of the kernels' own, bytes: constants of the module lie in it. */
const RESERVED = 1024;

/**
 * Opens the network of a `.tflite` file.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT` where the bytes are not a model; `MODEL_UNSUPPORTED` where it is not made of
 *   the layers of the attention mesh
 */
export async function openMeshNetwork(bytes: Uint8Array): Promise<MeshNetwork> {
  const kernels = (await instantiate(KERNELS_BASE64)) as Kernels;
  return new Mesh(new MeshModel(readTflite(bytes)), kernels);
}

class Mesh implements MeshNetwork {
  private readonly model: MeshModel;
  private readonly kernels: Kernels;
  private readonly values = new Map<number, Value>();
  private readonly constants: { readonly value: Value; readonly data: Float32Array }[] = [];
  private readonly steps: Step[] = [];
  private readonly image: Value;
  private readonly scratch: Value = { size: SCRATCH, at: 0 };
  private readonly side: number;
  private floats = new Float32Array(0);

  constructor(model: MeshModel, kernels: Kernels) {
    this.model = model;
    this.kernels = kernels;
    const [, height, width, channels] = model.shape(model.input);
    if (height !== width || channels !== 3) throw unsupported('the input', 'is not a square image');
    this.side = width!;
    this.image = { size: 3 * (this.side + 1) ** 2, at: 0 };
    for (const operator of model.operators) this.add(operator);

    const fixed = [...this.constants.map(({ value }) => value), this.image, this.scratch];
    const kept = model.outputs.map((output) => this.value(output));
    const end = layOutMemory(RESERVED, fixed, this.steps, kept);
    kernels.reserve(end);
    this.floats = new Float32Array(kernels.memory.buffer);
    for (const { value, data } of this.constants) this.floats.set(data, value.at / 4);
  }

  run(input: Float32Array): Readonly<Record<string, Float32Array>> {
    const { side, image, floats } = this;
    if (input.length !== 3 * side * side) {
      throw new RangeError(`the input has ${input.length} values where ${3 * side * side} are due`);
    }
    for (let row = 0; row < 3 * side; row++) {
      const to = image.at / 4 + (row + Math.floor(row / side)) * (side + 1);
      floats.set(input.subarray(row * side, (row + 1) * side), to);
    }
    for (const step of this.steps) step.run();
    return Object.fromEntries(
      this.model.outputs.map((output) => {
        const from = this.value(output).at / 4;
        return [this.model.name(output), floats.slice(from, from + this.model.size(output))];
      }),
    );
  }

  /** Adds the steps of an operator, with those before it that are computed together with it. */
  private add(operator: TfliteOperator): void {
    const { model } = this;
    const { name, inputs, outputs } = operator;
    const [input, second] = inputs as [number, number];
    const output = outputs[0]!;
    switch (name) {
      case 'DEQUANTIZE':
      case 'DEPTHWISE_CONV_2D':
      case 'PAD':
      case 'ADD':
        return; // computed with a PRELU behind them, or constant
      case 'CONV_2D':
        if (model.readers(output).some((reader) => ENDS_OF_BLOCKS.has(reader.name))) return;
        this.addConvolution(operator, undefined, output);
        return;
      case 'PRELU':
        this.addActivated(input, model.constant(second), output);
        return;
      case 'MAX_POOL_2D':
        this.addPool(operator);
        return;
      case 'RESHAPE':
      case 'STRIDED_SLICE':
        if (model.size(input) !== model.size(output)) throw unsupported(name, 'takes a part');
        this.values.set(output, this.value(input));
        return;
      case 'MUL': {
        const [from, factor] = model.isConstant(second) ? [input, second] : [second, input];
        const factors = model.constant(factor);
        this.addNumbers([from], output, (numbers) =>
          numbers.map((value, i) => value * factors[factors.length === 1 ? 0 : i]!),
        );
        return;
      }
      case 'Landmarks2TransformMatrix': {
        const options = readFlexMap(operator.customOptions);
        this.addNumbers([input], output, (points) => partMatrix(points, options));
        return;
      }
      case 'TransformTensorBilinear':
        this.addPart(operator);
        return;
      case 'TransformLandmarks':
        this.addNumbers([input, second], output, pointsOfPart);
        return;
      default:
        throw unsupported(name, 'is not known');
    }
  }

  /** What a PReLU ends: a residual block, or a convolution. */
  private addActivated(tensor: number, slopes: Float32Array, output: number): void {
    const maker = this.model.maker(tensor);
    if (maker?.name === 'CONV_2D') {
      this.addConvolution(maker, slopes, output);
      return;
    }
    if (maker?.name !== 'ADD') throw unsupported('PRELU', 'does not follow a convolution or a sum');
    const [one, two] = maker.inputs as [number, number];
    const [sum, other] = this.model.maker(one)?.name === 'CONV_2D' ? [one, two] : [two, one];
    this.addBlock(this.model.maker(sum)!, other, slopes, output);
  }

  private addBlock(
    convolution: TfliteOperator,
    other: number,
    slopes: Float32Array,
    output: number,
  ): void {
    const depthwise = this.model.maker(convolution.inputs[0]!);
    if (depthwise?.name !== 'DEPTHWISE_CONV_2D') throw unsupported('ADD', 'ends no residual block');
    const [source, kernel, bias] = depthwise.inputs as [number, number, number];
    const [, height, width, channels] = this.model.shape(source) as unknown as MapShape;
    const stride = this.model.strideOf(depthwise, [1, 3, 3, channels]);
    const outputs = this.model.channels(output);
    this.model.strideOf(convolution, [outputs, 1, 1, channels]);
    const depthWeights = this.keep(this.model.constant(kernel));
    const depthBias = this.keep(this.model.constant(bias));
    const weights = this.keepWeights(convolution);
    const slope = this.keep(slopes);
    const added = this.value(this.model.unpadded(other));
    const others = this.model.channels(this.model.unpadded(other));
    // Where an even size is halved, the row and column of zeros come last.
    const before = stride === 2 && height % 2 === 0 ? 0 : 1;
    const from = this.value(source);
    this.addStep([from, added], output, (to) => () => {
      this.kernels.block(
        ...[from.at, height, width, channels, stride, before, depthWeights.at, depthBias.at],
        ...[outputs, weights.table.at, weights.bias.at, added.at, others, slope.at],
        ...[this.scratch.at, to.at],
      );
    });
  }

  /** A convolution of one pixel, one that sees the whole map at once, or the first. */
  private addConvolution(
    operator: TfliteOperator,
    slopes: Float32Array | undefined,
    output: number,
  ): void {
    const [source, kernel] = operator.inputs as [number, number];
    const [outputs, height, width, channels] = this.model.shape(kernel) as unknown as MapShape;
    const [, rows, columns] = this.model.shape(source) as [number, number, number];
    if (source === this.model.input) {
      this.addFirst(operator, slopes, output);
      return;
    }
    const isWhole = height === rows && width === columns;
    if (!isWhole && (height !== 1 || width !== 1)) throw unsupported('CONV_2D', 'has an unknown kernel'); // prettier-ignore
    const pixels = isWhole ? 1 : rows * columns;
    const weights = this.keepWeights(operator);
    const slope = slopes && this.keep(slopes);
    const from = this.value(source);
    this.addStep([from], output, (to) => () => {
      this.kernels.pointwise(
        ...[from.at, pixels, isWhole ? rows * columns * channels : channels, padded(outputs)],
        ...[weights.table.at, weights.bias.at, 0, 0, slope?.at ?? 0, to.at],
      );
    });
  }

  private addFirst(
    operator: TfliteOperator,
    slopes: Float32Array | undefined,
    output: number,
  ): void {
    const [, kernel, bias] = operator.inputs as [number, number, number];
    const stride = this.model.strideOf(operator, [16, 3, 3, 3]);
    if (stride !== 2 || slopes === undefined) throw unsupported('CONV_2D', 'is an unknown first layer'); // prettier-ignore
    const from = this.model.constant(kernel); // output, row, column, plane
    const table = new Float32Array(27 * 16);
    for (let o = 0; o < 16; o++) {
      for (let at = 0; at < 9; at++) {
        for (let plane = 0; plane < 3; plane++) {
          table[(plane * 9 + at) * 16 + o] = from[(o * 9 + at) * 3 + plane]!;
        }
      }
    }
    const [weights, start, slope] = [table, this.model.constant(bias), slopes].map((x) =>
      this.keep(x),
    );
    const half = this.side / 2;
    this.addStep([this.image], output, (to) => () => {
      this.kernels.first(this.image.at, half, half, weights!.at, start!.at, slope!.at, to.at);
    });
  }

  private addPool({ inputs, outputs, options }: TfliteOperator): void {
    const sizes = [1, 2, 3, 4].map((field) => options!.integer(field));
    if (sizes.some((size) => size !== 2)) throw unsupported('MAX_POOL_2D', 'is not of 2×2 pixels');
    const [, height, width, channels] = this.model.shape(inputs[0]!) as unknown as MapShape;
    const from = this.value(inputs[0]!);
    this.addStep([from], outputs[0]!, (to) => () => {
      this.kernels.maxPool(from.at, height, width, channels, to.at);
    });
  }

  private addPart({ inputs, outputs }: TfliteOperator): void {
    const [, height, width, channels] = this.model.shape(inputs[0]!) as unknown as MapShape;
    const [, rows, columns] = this.model.shape(outputs[0]!) as [number, number, number];
    const [from, matrix] = [this.value(inputs[0]!), this.value(inputs[1]!)];
    this.addStep([from, matrix], outputs[0]!, (to) => () => {
      const [xx, xy, , toX, yx, yy, , toY] = this.numbers(matrix) as unknown as readonly number[];
      // Points of the file lie at corners of pixels, those of the kernel at centers.
      const x = toX! + (xx! + xy! - 1) / 2;
      const y = toY! + (yx! + yy! - 1) / 2;
      this.kernels.part(from.at, height, width, channels, xx!, xy!, x, yx!, yy!, y, rows, columns, to.at); // prettier-ignore
    });
  }

  /** A step of a few numbers, in JavaScript. */
  private addNumbers(
    tensors: readonly number[],
    output: number,
    compute: (...numbers: Float32Array[]) => Float32Array,
  ): void {
    const reads = tensors.map((tensor) => this.value(tensor));
    this.addStep(reads, output, (to) => () => {
      this.floats.set(compute(...reads.map((value) => this.numbers(value))), to.at / 4);
    });
  }

  private addStep(reads: readonly Value[], output: number, runOf: (to: Value) => () => void): void {
    const channels = this.model.channels(output);
    const makes = { size: (this.model.size(output) / channels) * padded(channels), at: 0 };
    this.values.set(output, makes);
    this.steps.push({ reads, makes, run: runOf(makes) });
  }

  /** Weights of a convolution as `[outputs / 8, inputs, 8]`, and its bias; outputs that are missing are 0. */
  private keepWeights({ inputs }: TfliteOperator): Readonly<Record<'table' | 'bias', Value>> {
    const [, kernel, bias] = inputs as [number, number, number];
    const from = this.model.constant(kernel);
    const outputs = this.model.shape(kernel)[0]!;
    const count = from.length / outputs;
    const table = new Float32Array(padded(outputs) * count);
    for (let o = 0; o < outputs; o++) {
      const start = (o - (o % GROUP)) * count + (o % GROUP);
      for (let i = 0; i < count; i++) table[start + i * GROUP] = from[o * count + i]!;
    }
    const start = new Float32Array(padded(outputs));
    start.set(this.model.constant(bias));
    return { table: this.keep(table), bias: this.keep(start) };
  }

  private keep(data: Float32Array): Value {
    const value = { size: data.length, at: 0 };
    this.constants.push({ value, data });
    return value;
  }

  private value(tensor: number): Value {
    const value = this.values.get(tensor);
    if (value === undefined)
      throw unsupported(`tensor ${tensor}`, 'is not made by a known operator');
    return value;
  }

  private numbers({ at, size }: Value): Float32Array {
    return this.floats.subarray(at / 4, at / 4 + size);
  }
}

/** Operators that a convolution before them is computed with. */
const ENDS_OF_BLOCKS: ReadonlySet<string> = new Set(['PRELU', 'ADD']);

const padded = (channels: number): number => Math.ceil(channels / GROUP) * GROUP;
