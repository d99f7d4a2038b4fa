/** Registers all elements; a page needs this one script. */
import { dress } from './base/theme.js';
import { tellShell } from './base/shell.js';
import { CrowdBoundingBox } from './boxes/crowd-bounding-box.js';
import { CrowdClassifier } from './classifiers/crowd-classifier.js';
import { CrowdClassifierMultiSelect } from './classifiers/crowd-classifier-multi-select.js';
import { CrowdImageClassifier } from './classifiers/crowd-image-classifier.js';
import { CrowdImageClassifierMultiSelect } from './classifiers/crowd-image-classifier-multi-select.js';
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
import { CrowdKeypoint } from './shapes/crowd-keypoint.js';
import { CrowdLine } from './shapes/crowd-line.js';
import { CrowdPolygon } from './shapes/crowd-polygon.js';
import { CrowdPolyline } from './shapes/crowd-polyline.js';
import { CrowdInstanceSegmentation } from './segmentation/crowd-instance-segmentation.js';
import { CrowdSemanticSegmentation } from './segmentation/crowd-semantic-segmentation.js';
import { CrowdEntityAnnotation } from './text/crowd-entity-annotation.js';
import { CrowdQuestionAnswerGeneration } from './text/crowd-question-answer-generation.js';
import { CrowdTextRanking } from './text/crowd-text-ranking.js';
import { t } from './unsupported/texts.js';
import { watchUnsupported } from './unsupported/unsupported-notice.js';

/** The form comes first: it moves its children, which is cheapest before they are upgraded. */
const ELEMENTS = {
  'crowd-form': CrowdForm,
  'crowd-alert': CrowdAlert,
  'crowd-badge': CrowdBadge,
  'crowd-bounding-box': CrowdBoundingBox,
  'crowd-button': CrowdButton,
  'crowd-card': CrowdCard,
  'crowd-checkbox': CrowdCheckbox,
  'crowd-classifier': CrowdClassifier,
  'crowd-classifier-multi-select': CrowdClassifierMultiSelect,
  'crowd-entity-annotation': CrowdEntityAnnotation,
  'crowd-fab': CrowdFab,
  'crowd-icon': CrowdIcon,
  'crowd-icon-button': CrowdIconButton,
  'crowd-image-classifier': CrowdImageClassifier,
  'crowd-image-classifier-multi-select': CrowdImageClassifierMultiSelect,
  'crowd-input': CrowdInput,
  'crowd-instance-segmentation': CrowdInstanceSegmentation,
  'crowd-instructions': CrowdInstructions,
  'crowd-keypoint': CrowdKeypoint,
  'crowd-line': CrowdLine,
  'crowd-polygon': CrowdPolygon,
  'crowd-polyline': CrowdPolyline,
  'crowd-modal': CrowdModal,
  'crowd-question-answer-generation': CrowdQuestionAnswerGeneration,
  'crowd-radio-button': CrowdRadioButton,
  'crowd-radio-group': CrowdRadioGroup,
  'crowd-semantic-segmentation': CrowdSemanticSegmentation,
  'crowd-rekognition-detect-moderation-labels': CrowdRekognitionDetectModerationLabels,
  'crowd-slider': CrowdSlider,
  'crowd-tab': CrowdTab,
  'crowd-tabs': CrowdTabs,
  'crowd-text-area': CrowdTextArea,
  'crowd-text-ranking': CrowdTextRanking,
  'crowd-textract-analyze-document': CrowdTextractAnalyzeDocument,
  'crowd-toast': CrowdToast,
  'crowd-toggle-button': CrowdToggleButton,
  'iron-icon': class extends CrowdIcon {},
};

/**
 * @param {string} tag
 * @param {CustomElementConstructor} type
 */
const register = (tag, type) => {
  if (!customElements.get(tag)) customElements.define(tag, type);
};

const warnWithoutForm = () => {
  if (document.querySelector('crowd-form, crowd-entity-annotation') || !document.body) return;
  const warning = document.createElement('crowd-alert');
  warning.setAttribute('type', 'warning');
  warning.textContent = t('no_form');
  document.body.prepend(warning);
};

let announced = false;

const announce = () => {
  if (announced) return;
  announced = true;
  watchUnsupported(document);
  warnWithoutForm();
  document.dispatchEvent(new Event('all-crowd-elements-ready'));
  tellShell({ type: 'crowd:ready' });
};

dress(document);
for (const [tag, type] of Object.entries(ELEMENTS)) register(tag, type);
if (document.readyState === 'complete') announce();
document.addEventListener('DOMContentLoaded', announce, { once: true });
// A script that was added late comes after DOMContentLoaded.
window.addEventListener('load', announce, { once: true });
