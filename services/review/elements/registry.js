/**
 * All elements; this is the only list of them. The service reads it too (`render/markup/registry.py`), line by line: an
 * entry is one line that begins with its tag.
 */
import { CrowdBoundingBox } from './boxes/crowd-bounding-box.js';
import { CrowdClassifierMultiSelect } from './classifiers/crowd-classifier-multi-select.js';
import { CrowdClassifier } from './classifiers/crowd-classifier.js';
import { CrowdImageClassifierMultiSelect } from './classifiers/crowd-image-classifier-multi-select.js';
import { CrowdImageClassifier } from './classifiers/crowd-image-classifier.js';
import { CrowdButton } from './controls/crowd-button.js';
import { CrowdCheckbox } from './controls/crowd-checkbox.js';
import { CrowdFab } from './controls/crowd-fab.js';
import { CrowdIconButton } from './controls/crowd-icon-button.js';
import { CrowdInput } from './controls/crowd-input.js';
import { CrowdRadioButton } from './controls/crowd-radio-button.js';
import { CrowdRadioGroup } from './controls/crowd-radio-group.js';
import { CrowdSlider } from './controls/crowd-slider.js';
import { CrowdTextArea } from './controls/crowd-text-area.js';
import { CrowdToggleButton } from './controls/crowd-toggle-button.js';
import { CrowdAlert } from './display/crowd-alert.js';
import { CrowdBadge } from './display/crowd-badge.js';
import { CrowdCard } from './display/crowd-card.js';
import { CrowdIcon } from './display/crowd-icon.js';
import { CrowdInstructions } from './display/crowd-instructions.js';
import { CrowdModal } from './display/crowd-modal.js';
import { CrowdTab } from './display/crowd-tab.js';
import { CrowdTabs } from './display/crowd-tabs.js';
import { CrowdToast } from './display/crowd-toast.js';
import { CrowdRekognitionDetectModerationLabels } from './documents/crowd-rekognition-detect-moderation-labels.js';
import { CrowdTextractAnalyzeDocument } from './documents/crowd-textract-analyze-document.js';
import { CrowdForm } from './form/crowd-form.js';
import { CrowdInstanceSegmentation } from './segmentation/crowd-instance-segmentation.js';
import { CrowdSemanticSegmentation } from './segmentation/crowd-semantic-segmentation.js';
import { CrowdKeypoint } from './shapes/crowd-keypoint.js';
import { CrowdLine } from './shapes/crowd-line.js';
import { CrowdPolygon } from './shapes/crowd-polygon.js';
import { CrowdPolyline } from './shapes/crowd-polyline.js';
import { CrowdEntityAnnotation } from './text/crowd-entity-annotation.js';
import { CrowdQuestionAnswerGeneration } from './text/crowd-question-answer-generation.js';
import { CrowdTextRanking } from './text/crowd-text-ranking.js';

/**
 * @typedef {object} Entry
 * @property {CustomElementConstructor & {layout?: import('./base/layouts.js').Layout}} [type]
 * @property {true} [data] it has no class: it only carries data for the element around it
 * @property {true} [form] an answer can be submitted with it
 * @property {true} [named] workers label or write with it: the report on a template says if it has no `name`. The other
 * controls are often a page's own helpers, which need none
 * @property {true} [labels] its attribute `labels` is a plain list, and an answer with any other label is refused
 */

/** The form comes first: it moves its children, which is cheapest before they are upgraded. @type {Readonly<Record<string, Entry>>} */
export const ELEMENTS = {
  'crowd-form': { type: CrowdForm, form: true },
  'crowd-alert': { type: CrowdAlert },
  'crowd-badge': { type: CrowdBadge },
  'crowd-bounding-box': { type: CrowdBoundingBox, named: true, labels: true },
  'crowd-button': { type: CrowdButton },
  'crowd-card': { type: CrowdCard },
  'crowd-checkbox': { type: CrowdCheckbox },
  'crowd-classifier': { type: CrowdClassifier, named: true },
  'crowd-classifier-multi-select': { type: CrowdClassifierMultiSelect, named: true },
  'crowd-entity-annotation': { type: CrowdEntityAnnotation, form: true, named: true },
  'crowd-fab': { type: CrowdFab },
  'crowd-icon': { type: CrowdIcon },
  'crowd-icon-button': { type: CrowdIconButton },
  'crowd-image-classifier': { type: CrowdImageClassifier, named: true },
  'crowd-image-classifier-multi-select': { type: CrowdImageClassifierMultiSelect, named: true },
  'crowd-input': { type: CrowdInput, named: true },
  'crowd-instance-segmentation': { type: CrowdInstanceSegmentation, named: true },
  'crowd-instructions': { type: CrowdInstructions },
  'crowd-keypoint': { type: CrowdKeypoint, named: true, labels: true },
  'crowd-line': { type: CrowdLine, named: true, labels: true },
  'crowd-modal': { type: CrowdModal },
  'crowd-polygon': { type: CrowdPolygon, named: true, labels: true },
  'crowd-polyline': { type: CrowdPolyline, named: true, labels: true },
  'crowd-question-answer-generation': { type: CrowdQuestionAnswerGeneration, named: true },
  'crowd-radio-button': { type: CrowdRadioButton },
  'crowd-radio-group': { type: CrowdRadioGroup },
  'crowd-rekognition-detect-moderation-labels': { type: CrowdRekognitionDetectModerationLabels },
  'crowd-semantic-segmentation': { type: CrowdSemanticSegmentation, named: true },
  'crowd-slider': { type: CrowdSlider },
  'crowd-slider-label': { data: true },
  'crowd-tab': { type: CrowdTab },
  'crowd-tabs': { type: CrowdTabs },
  'crowd-text-area': { type: CrowdTextArea, named: true },
  'crowd-text-ranking': { type: CrowdTextRanking, named: true },
  'crowd-textract-analyze-document': { type: CrowdTextractAnalyzeDocument },
  'crowd-toast': { type: CrowdToast },
  'crowd-toggle-button': { type: CrowdToggleButton },
  'iron-icon': { type: class extends CrowdIcon {} },
};
