"""The domain of the nightly loop: pure functions over frozen rows, without Airflow, AWS, input or output.

Units: a box is left, top, width, height in pixels of the natural image (EXIF orientation already applied), floats.
"""
