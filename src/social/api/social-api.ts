import { Hono } from 'hono';
import { keptByNobody, refuseTheRest } from '../../api/index.ts';
import { tellPaces } from '../../http/index.ts';
import type { SocialParts } from '../parts.ts';
import { openAnswers } from './answers.ts';
import { feedRoutes } from './feed-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { notificationRoutes } from './notification-routes.ts';
import { postRoutes } from './post-routes.ts';
import { profileRoutes } from './profile-routes.ts';

/** The API of profiles, posts, feeds and search. */
export function openSocialApi(parts: SocialParts): Hono {
  const app = new Hono();
  app.onError((error) => {
    throw error;
  });
  app.use(tellPaces);
  keptByNobody(app);
  const answers = openAnswers(parts);
  imageRoutes(app, answers);
  profileRoutes(app, answers);
  postRoutes(app, answers);
  feedRoutes(app, answers);
  notificationRoutes(app, answers);
  refuseTheRest(app, '/api');
  return app;
}
