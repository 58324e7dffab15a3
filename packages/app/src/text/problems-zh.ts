/** @file What can go wrong, and what to do, in Simplified Chinese. */
import type { Text } from './en.ts';
import { inOrder } from './problems-en.ts';

/** Titles and ways out. */
export const problemsInChinese: Text['problem'] = {
  again: '选择其他视频',
  back: '回到开始页面',
  retry: '重试',
  chooseAgain: '重新选择视频',
  wanted: (clip) => `审阅文件对应：${clip} 帧`,
  given: (clip) => `您选择的视频：${clip} 帧`,
  details: '详情',
  titles: {
    NOT_VIDEO: '该文件不是可读取的视频。',
    AUDIO_ONLY: '该文件只有音频，没有视频。',
    FRAMES_EMPTY: '该视频不包含任何帧。',
    CODEC_UNSUPPORTED: ({ codec = '' }) => `不支持该视频的编码格式：${codec}。`,
    DECODER_MISSING: '无法加载附加解码器。',
    VIDEO_BROKEN: '视频已损坏或不完整。',
    FACE_NOT_FOUND: '未检测到人脸。',
    CAMERA_DENIED: '摄像头访问被拒绝。',
    CAMERA_MISSING: '未找到摄像头。',
    CAMERA_BUSY: '摄像头没有图像。',
    CAMERA_INSECURE: '该网址无法使用摄像头。',
    FILE_GONE: '文件已无法读取。',
    MODEL_UNREADABLE: '无法使用该识别器文件。',
    MODEL_FILES: '这些文件不构成一个模型。',
    MODEL_ONNX_MISSING: '缺少与描述文件对应的 ONNX 文件。',
    MODEL_DESCRIPTION_MISSING: '缺少与 ONNX 文件对应的描述文件。',
    MODEL_DESCRIPTION: '该 JSON 文件不是模型描述文件。',
    MODEL_CHANGED: 'ONNX 文件与描述文件不匹配。',
    MODEL_NOT_ONNX: '无法运行该 ONNX 文件。',
    MODEL_INPUT: '模型的输入与 telltale 的计算结果不匹配。',
    MODEL_CLASSES: '模型的输出与其类别不匹配。',
    REPORT_UNREADABLE: '该文件不是 telltale 的审阅文件或报告。',
    REPORT_OTHER_CLIP: '该审阅文件属于另一段视频。',
    OUT_OF_MEMORY: '内存不足。',
    WORKER_ENDED: '分析意外终止。',
    BROWSER_TOO_OLD: '浏览器版本太旧。',
    CANCELED: '已取消。',
    UNKNOWN: '发生未知错误。',
  },
  ways: {
    NOT_VIDEO:
      '请选择视频文件：mp4、mov、webm、mkv、avi 或 mpg。如果该文件确为视频，请重新复制，它可能不完整。',
    AUDIO_ONLY: '请连同视频轨道重新导出，或选择其他文件。',
    FRAMES_EMPTY: '请重新录制或导出视频。',
    CODEC_UNSUPPORTED: ({ name }) =>
      `此浏览器和附加解码器均不支持该编码格式。请使用录制该视频的程序将其转换为 H.264 编码的 mp4，或运行：ffmpeg -i "${inOrder(name)}" -c:v libx264 -crf 12 clip.mp4`,
    DECODER_MISSING:
      '这种格式需要它。若已安装 telltale：运行 npm install @ffmpeg/core（GPL），再重新运行 telltale open；若在网站上：请联网后重试。也可以把视频另存为 mp4 中的 H.264。',
    VIDEO_BROKEN: '请重新复制或下载该文件。',
    FACE_NOT_FOUND: '人脸须为正面、直立，且宽度不低于 100 像素。',
    CAMERA_DENIED: '请在地址栏中允许此页面使用摄像头后重试，或选择视频。',
    CAMERA_MISSING: '请连接摄像头后重试，或选择视频。',
    CAMERA_BUSY:
      '可能有其他程序正在使用摄像头，或其隐私开关已打开。请关闭该程序后重试，或选择视频。',
    CAMERA_INSECURE:
      '浏览器仅允许 https 页面或本机页面使用摄像头：请运行 npx telltale open，或选择视频。',
    FILE_GONE: '文件在选择后被移动、更改或删除。请重新选择。',
    MODEL_FILES:
      '请同时选择一个 .onnx 文件及其 .json 文件，不要包含其他文件；或仅选择一个 .safetensors 文件。',
    MODEL_ONNX_MISSING: '请同时选择两个文件：.onnx 文件及其 .json 文件。',
    MODEL_DESCRIPTION_MISSING:
      '请同时选择两个文件：.onnx 文件，以及“telltale export”一并生成的 .json 文件。',
    MODEL_DESCRIPTION:
      '请选择“telltale export”与 .onnx 文件一并生成的 .json 文件。此文件的错误见下方详情。',
    MODEL_CHANGED:
      '其中一个文件已被更改，或两个文件属于不同的模型。请选择同时导出的两个文件，或重新导出模型。',
    MODEL_NOT_ONNX: '请重新复制，或使用 opset 17 的标准算子重新导出。',
    MODEL_INPUT: '模型所需的输入见下方详情。请用当前版本的 telltale 重新导出。',
    MODEL_CLASSES: '模型须为描述文件中的每个类别输出一个概率。模型的实际输出见下方详情。',
    MODEL_UNREADABLE: '请选择由“telltale train”生成的 .safetensors 文件，或使用内置识别器。',
    REPORT_UNREADABLE: '请选择在此页面保存的 JSON 文件，或由“telltale analyze”生成的 report.json。',
    REPORT_OTHER_CLIP: '视频的尺寸或帧数不一致。请选择审阅文件对应的视频。',
    OUT_OF_MEMORY:
      '请关闭其他标签页后重试，或将视频分成较短的片段，或缩小画面：人脸宽度达到 300 像素即可。',
    WORKER_ENDED:
      '很可能是因为内存不足。请关闭其他标签页后重试，或将视频分成较短的片段，或缩小画面：人脸宽度达到 300 像素即可。',
    BROWSER_TOO_OLD: '请使用最新的 Chrome、Edge、Firefox 或 Safari。',
    CANCELED: '未存储任何数据。',
    UNKNOWN: '请重试。报告问题时请附上下方详情。',
  },
};
