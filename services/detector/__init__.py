"""The object detection algorithm container: `python -m services.detector train|serve`.

Letters used in every array comment of this package:
N images of a mini-batch, S side of the square image in pixels, A priors (one per cell of the three feature maps),
F features of a cell, H hidden units, K classes (the background is one more), G true boxes of one image, D detections.
Boxes are `[left, top, right, bottom]` in ratios of the image, float32, unless a name says otherwise.
"""
