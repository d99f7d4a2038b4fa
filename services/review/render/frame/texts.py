"""The texts of the page inside the frame, in the languages of the portal."""

from __future__ import annotations

TEXTS = {
    "en": {
        "title": "Parts of this page were not loaded, so not all of it may work. Tell the people who sent the task.",
        "blocked": "{address} is not allowed for this template.",
        "eval": "A script needs eval, which is not allowed for this template.",
        "ungranted": "A file in S3 was not opened for this task: {address}",
        "more": "{count} more",
        "dismiss": "Dismiss",
        "document": "Open the document in a new tab",
    },
    "ja": {
        "title": "ページの一部を読み込めず、正しく動作しない可能性があります。タスクの依頼元に連絡してください。",
        "blocked": "{address} はこのテンプレートでは許可されていません。",
        "eval": "スクリプトが eval を必要としていますが、このテンプレートでは許可されていません。",
        "ungranted": "S3 のファイルがこのタスクに許可されていません: {address}",
        "more": "ほか {count} 件",
        "dismiss": "閉じる",
        "document": "文書を新しいタブで開く",
    },
}
