"""What the author's form needs beside Django's own tags."""

from django import template

from faq.admin.answer_layout import explained

register = template.Library()
register.filter(explained)
