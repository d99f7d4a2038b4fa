"""How precise a model is: detections matched to true objects, average precision as VOC and COCO have it."""
