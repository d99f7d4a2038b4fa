"""How often images are looked at until all have had their turn."""

from nightloop.domain.detection.selection import plan_reviews
from nightloop.domain.detection.selection.gain import Coverage
from nightloop.domain.detection.selection.ranking import in_order


def test_thousands_of_images_without_a_box_are_looked_at_as_one(make) -> None:
    night = [make.prediction(uri=f"s3://b/{number:04}.jpg") for number in range(2000)]
    night += [make.prediction(0.3, uri=f"s3://b/{number:04}.png") for number in range(2000)]
    reviews = plan_reviews(night, loop="voc", score_threshold=0.5, audit_share=0.0, seed=7)
    coverage, looks = Coverage({}, 1.0), 0

    def gain(review) -> float:
        nonlocal looks
        looks += 1
        return coverage.gain({"sofa": 0.3 if review.boxes else 0.9})

    ordered = []
    for review in in_order(reviews, gain, lambda review: bool(review.boxes), seed=7):
        ordered.append(review.image.uri)
        coverage.add({"sofa": 0.3 if review.boxes else 0.9})
    assert sorted(ordered) == [review.image.uri for review in reviews]
    assert looks < 3 * len(reviews), "not each time all that are left"
    assert [uri for uri in ordered if uri.endswith("jpg")] == sorted(uri for uri in ordered if uri.endswith("jpg"))
