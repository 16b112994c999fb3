"""The files of Google's own upload page: what can be uploaded by hand when nothing else can be had."""
