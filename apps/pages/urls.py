"""Addresses of the content: news, documentation, glossary, pictures, and files for machines."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from apps.pages import feeds, views

app_name = "pages"
urlpatterns = [
    path("news/", views.NewsList.as_view(), name="news"),
    path("news/feed.atom", feeds.NewsFeed(), name="news-feed"),
    path("news/<slug:slug>/", views.NewsItem.as_view(), name="news-item"),
    path("docs/", views.articles, name="articles"),
    path("docs/<slug:slug>/", views.ArticlePage.as_view(), name="article"),
    path("glossary/", views.glossary, name="glossary"),
    path("contact/", views.contact, name="contact"),
    path("pictures/<slug:slug>/", views.picture, name="picture"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": feeds.SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", views.security, name="security"),
]
